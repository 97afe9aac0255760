// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import ContainerMCPSandbox

@Suite struct RaceTests {
    /// Runs a body again and again on a thread of its own while another one runs here.
    private func meanwhile(_ hostile: @escaping @Sendable () -> Void, _ body: () throws -> Void) throws {
        let isOver = Atomic(false)
        let thread = try LoopThread(until: { isOver.load(ordering: .relaxed) }, hostile)
        defer {
            isOver.store(true, ordering: .relaxed)
            thread.join()
        }
        try body()
    }

    @Test(arguments: ContainmentTests.resolutions)
    func `a folder swapped for a link while files are written never leads outside`(
        resolution: RootDirectory.Resolution
    ) throws {
        let tree = try TemporaryTree()
        let root = try tree.root(resolution)
        let path = tree.rootPath
        try tree.folderOutside("root/dir")
        try tree.link("root/swap", to: tree.base + "/outside")
        var written = 0
        let swap: @Sendable () -> Void = {
            unsafe rename(path + "/dir", path + "/real")
            unsafe rename(path + "/swap", path + "/dir")
            unsafe rename(path + "/dir", path + "/swap")
            unsafe rename(path + "/real", path + "/dir")
        }
        try meanwhile(swap) {
            for round in 0..<600 {
                let name = "f\(round % 7).txt"
                let outcome = failure { () throws(FileFailure) in
                    try root.makeFolders(["dir", "sub"])
                    try root.write([UInt8(round % 256)], to: ["dir", name])
                }
                if outcome == nil { written += 1 }
                let content = try? root.read(["dir", "secret.txt"], limit: 100)
                #expect(content == nil)
                #expect(root.readCached(["dir", "secret.txt"], limit: 100) == nil)
                _ = try? root.delete(["dir", "secret.txt"])
                _ = try? root.usage()
                let end = try? root.walk(from: [], state: (), limits: WalkLimits(entries: 1_000)) {
                    entry,
                    _ in
                    #expect(entry.name.text != "secret.txt")
                    return .enter(())
                }
                #expect(end?.isCut != true)
            }
        }
        #expect(try tree.names(in: "outside") == ["secret.txt"])
        #expect(tree.text(at: "outside/secret.txt") == "secret")
        #expect(written > 0)
    }

    @Test func `a file swapped for a link while it is replaced never leads outside`() throws {
        let tree = try TemporaryTree()
        let root = try tree.root()
        let path = tree.rootPath
        let outside = tree.base + "/outside/secret.txt"
        let swap: @Sendable () -> Void = {
            unsafe unlink(path + "/a.txt")
            unsafe symlink(outside, path + "/a.txt")
        }
        try meanwhile(swap) {
            for round in 0..<600 {
                _ = try? root.write([UInt8(round % 256)], to: ["a.txt"])
                let bytes = (try? root.read(["a.txt"], limit: 100))?.bytes
                #expect(bytes?.count ?? 1 == 1)
            }
        }
        #expect(tree.text(at: "outside/secret.txt") == "secret")
    }

    @Test func `two writers and a reader see one whole version`() throws {
        let tree = try TemporaryTree()
        let root = try tree.root()
        let first = [UInt8](repeating: 65, count: 50_000)
        let second = [UInt8](repeating: 66, count: 70_000)
        try root.write(first, to: ["a.txt"])
        try meanwhile({ _ = try? root.write(first, to: ["a.txt"]) }) {
            for _ in 0..<100 {
                try root.write(second, to: ["a.txt"])
                let bytes = try root.read(["a.txt"], limit: 100_000).bytes
                #expect(bytes == first || bytes == second)
                let cached = root.readCached(["a.txt"], limit: 100_000)?.bytes
                #expect(cached == nil || cached == first || cached == second)
            }
        }
        #expect(try tree.names(in: "root") == ["a.txt"])
    }

    @Test func `a tree that is moved while it is counted leads nowhere else`() throws {
        let tree = try TemporaryTree()
        let root = try tree.root()
        let path = tree.rootPath
        try root.makeFolders(["a", "b", "c", "d", "e"])
        for name in ["x", "y", "z"] { try root.makeFolders(["a", "b", "c", "d", name]) }
        try tree.put(String(repeating: "s", count: 60_000), at: "outside/large.bin")
        let move: @Sendable () -> Void = {
            unsafe rename(path + "/a/b/c/d", path + "/d")
            unsafe rename(path + "/d", path + "/a/b/c/d")
        }
        try meanwhile(move) {
            for _ in 0..<1_000 {
                let usage = try root.usage()
                // Nine folders; one that is moved can be met twice, but nothing outside counts.
                #expect(usage.names <= 16)
                #expect(usage.bytes <= 16 * 8_192)
            }
        }
        #expect(try root.usage().names == 8)
    }
}
