// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import ContainerMCPSandbox

/// Each row with both ways to resolve a path, for the second is what old kernels and container filters leave.
@Suite struct ContainmentTests {
    static let resolutions: [RootDirectory.Resolution] = [.automatic, .stepwise]
    private static let anything = WalkLimits(entries: 1_000)

    /// Tries every operation on a path and says which of them went through.
    private func survivors(_ path: [String], in root: RootDirectory) -> [String] {
        let tries: [(String, FileFailure?)] = [
            ("read", failure { () throws(FileFailure) in _ = try root.read(path, limit: 1_000) }),
            ("cached read", root.readCached(path, limit: 1_000) == nil ? .notFound : nil),
            ("write", failure { () throws(FileFailure) in try root.write([88], to: path) }),
            ("delete", failure { () throws(FileFailure) in try root.delete(path) }),
            ("list", failure { () throws(FileFailure) in _ = try root.list(path, limit: 10) }),
            (
                "move from",
                failure { () throws(FileFailure) in
                    try root.move(path, to: ["taken.txt"], limits: Self.anything) { _, _ in true }
                }
            ),
            (
                "move to",
                failure { () throws(FileFailure) in
                    try root.move(["plain.txt"], to: path, replacing: true, limits: Self.anything) { _, _ in
                        true
                    }
                }
            ),
        ]
        return tries.filter { $0.1 == nil }.map(\.0)
    }

    @Test(arguments: resolutions)
    func `links of every kind are refused`(resolution: RootDirectory.Resolution) throws {
        let tree = try TemporaryTree()
        try tree.put("plain", at: "root/plain.txt")
        try tree.link("root/file.txt", to: tree.base + "/outside/secret.txt")
        try tree.link("root/relative.txt", to: "../outside/secret.txt")
        try tree.link("root/inside.txt", to: "plain.txt")
        try tree.link("root/chain.txt", to: "file.txt")
        try tree.link("root/loop.txt", to: "loop.txt")
        try tree.link("root/dangling.txt", to: tree.base + "/outside/new.txt")
        try tree.link("root/folder", to: tree.base + "/outside")
        let root = try tree.root(resolution)
        let paths = [
            ["file.txt"], ["relative.txt"], ["inside.txt"], ["chain.txt"], ["loop.txt"], ["dangling.txt"],
            ["folder"], ["folder", "secret.txt"], ["folder", "new.txt"],
        ]
        for path in paths {
            #expect(survivors(path, in: root).isEmpty, "\(path)")
            #expect(failure { () throws(FileFailure) in _ = try root.read(path, limit: 10) } == .linkRefused)
        }
        #expect(throws: FileFailure.linkRefused) { try root.makeFolders(["folder", "x"]) }
        #expect(tree.text(at: "outside/secret.txt") == "secret")
        #expect(try tree.names(in: "outside") == ["secret.txt"])
        #expect(tree.text(at: "root/plain.txt") == "plain")
    }

    @Test(arguments: resolutions)
    func `plain files and folders work`(resolution: RootDirectory.Resolution) throws {
        let tree = try TemporaryTree()
        let root = try tree.root(resolution)
        try root.makeFolders(["a", "b", "c"])
        try root.write(Array("x".utf8), to: ["a", "b", "c", "d.txt"])
        #expect(try root.read(["a", "b", "c", "d.txt"], limit: 1).bytes == Array("x".utf8))
        try root.move(["a", "b"], to: ["e"], limits: Self.anything) { _, _ in true }
        #expect(try root.list(["e", "c"], limit: 10).entries.map(\.name.text) == ["d.txt"])
        try root.delete(["e", "c", "d.txt"])
        #expect(try root.list(["e", "c"], limit: 10).entries.isEmpty)
    }

    @Test(arguments: resolutions)
    func `a hard link to an outside file is refused`(resolution: RootDirectory.Resolution) throws {
        let tree = try TemporaryTree()
        try tree.put("plain", at: "root/plain.txt")
        try tree.hardLink("root/hard.txt", to: "outside/secret.txt")
        let root = try tree.root(resolution)
        #expect(survivors(["hard.txt"], in: root).isEmpty)
        #expect(throws: FileFailure.severalNames) { try root.read(["hard.txt"], limit: 100) }
        #expect(tree.text(at: "outside/secret.txt") == "secret")
    }

    @Test(.timeLimit(.minutes(1)), arguments: resolutions)
    func `pipes, sockets and devices are refused without waiting`(resolution: RootDirectory.Resolution) throws
    {
        let tree = try TemporaryTree()
        try tree.put("plain", at: "root/plain.txt")
        try tree.pipe("root/pipe.txt")
        try tree.socket("root/socket.txt")
        let root = try tree.root(resolution)
        for name in ["pipe.txt", "socket.txt"] {
            #expect(survivors([name], in: root).isEmpty)
            #expect(throws: FileFailure.notRegular) { try root.read([name], limit: 100) }
        }
        let devices = try RootDirectory(path: "/dev", resolution: resolution)
        // In a container of an ordinary user each device is a mount of its own, which is refused before it is looked at.
        let refusal = #expect(throws: FileFailure.self) { try devices.read(["zero"], limit: 100) }
        #expect(refusal == .notRegular || refusal == .outside)
    }

    @Test(arguments: ["", ".", "..", "a/b", "/etc", "a\0", String(repeating: "n", count: 256)])
    func `what is not one name is refused whatever the caller checked`(name: String) throws {
        let tree = try TemporaryTree()
        let root = try tree.root()
        #expect(survivors([name], in: root).isEmpty)
        #expect(throws: FileFailure.badName) { try root.read([name], limit: 10) }
        #expect(throws: FileFailure.badName) { try root.read(["a", name], limit: 10) }
        #expect(throws: FileFailure.badName) { try root.makeFolders([name]) }
    }

    @Test(arguments: resolutions)
    func `another mount is refused`(resolution: RootDirectory.Resolution) throws {
        let candidates = [("/dev", "pts"), ("/dev", "shm"), ("/dev", "mqueue"), ("/proc", "self")]
        for (path, name) in candidates {
            guard let root = try? RootDirectory(path: path, resolution: resolution),
                let top = try? root.info(), let entry = try? root.info(at: [name]), entry.kind == .folder,
                top.identity.device != entry.identity.device
            else { continue }
            #expect(throws: FileFailure.outside) { try root.list([name], limit: 1) }
        }
    }

    @Test(arguments: ["..", "a/../..", "/etc", "."])
    func `the C shim itself goes neither up nor to an absolute path`(path: String) throws {
        let tree = try TemporaryTree()
        try tree.folderOutside("root/a")
        let root = try tree.root()
        for stepwise in [Int32(0), 1] {
            let opened = Shim.open(root.descriptor, path, stepwise)
            if path == "." {
                #expect(opened >= 0)
                close(opened)
            } else {
                #expect(opened < 0)
            }
        }
    }
}
