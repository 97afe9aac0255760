// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import ContainerMCPSandbox

@Suite struct BoundsTests {
    @Test func `a sparse file of a tebibyte is too large to read and counts whole`() throws {
        let tree = try TemporaryTree()
        try tree.put("", at: "root/sparse.txt")
        try #require(unsafe truncate(tree.rootPath + "/sparse.txt", 1 << 40) == 0)
        let root = try tree.root()
        #expect(throws: FileFailure.tooLarge) { try root.read(["sparse.txt"], limit: 10 << 20) }
        let usage = try root.usage()
        #expect(usage.bytes >= 1 << 40)
        #expect(!usage.fits(bytes: 1 << 30, names: 50_000))
        #expect(try root.usage(stopAtBytes: 1 << 30).isCut)
    }

    @Test func `a file of exactly the limit is read, one byte more is not`() throws {
        let tree = try TemporaryTree()
        let root = try tree.root()
        try root.write([UInt8](repeating: 7, count: 5_000), to: ["a.txt"])
        #expect(try root.read(["a.txt"], limit: 5_000).bytes.count == 5_000)
        #expect(throws: FileFailure.tooLarge) { try root.read(["a.txt"], limit: 4_999) }
        try root.write([], to: ["empty.txt"])
        #expect(try root.read(["empty.txt"], limit: 0).bytes.isEmpty)
    }

    @Test func `what lies in memory is read at once, and is what a read that may wait gives`() throws {
        let tree = try TemporaryTree()
        let root = try tree.root()
        let bytes = (0..<5_000).map { UInt8(truncatingIfNeeded: $0) }
        try root.makeFolders(["a", "b"])
        for (path, content) in [(["a.bin"], bytes), (["a", "b", "c.bin"], bytes), (["empty"], [])] {
            try root.write(content, to: path)
            let whole = try root.read(path, limit: 5_000)
            // Mounts that come and go elsewhere can make the kernel answer that it would have to wait.
            let cached = (0..<100).lazy.compactMap { _ in root.readCached(path, limit: 5_000) }.first
            #expect(cached == (root.isOnLocalDisk ? whole : nil), "\(path)")
            #expect(whole.bytes == content)
        }
        #expect(root.readCached(["a.bin"], limit: 4_999) == nil)
        #expect(root.readCached(["none"], limit: 10) == nil)
        #expect(root.readCached(["a"], limit: 10) == nil)
        #expect(root.readCached([], limit: 10) == nil)
        // What says less than its size is left to the read that may wait, as is everything on other file systems.
        let process = try RootDirectory(path: "/proc/\(getpid())")
        #expect(process.readCached(["status"], limit: 1 << 20) == nil)
        #expect(try tree.root(.stepwise).readCached(["a.bin"], limit: 5_000) == nil)
    }

    @Test func `a file that has more than its size said is read up to the limit only`() throws {
        // Files of /proc say that they are empty, like one that grows after it was opened.
        let process = try RootDirectory(path: "/proc/\(getpid())")
        #expect(try process.read(["status"], limit: 1 << 20).bytes.count > 100)
        #expect(throws: FileFailure.tooLarge) { try process.read(["status"], limit: 16) }
    }

    @Test func `a folder with 100,000 names is listed, walked and counted within bounds`() throws {
        let tree = try TemporaryTree(inMemory: true)
        let root = try tree.root()
        let folder = try root.open([EntryName]())
        for number in 0..<100_000 {
            let file = unsafe openat(folder.number, "n\(number)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            try #require(file >= 0)
            close(file)
        }
        let (entries, isComplete) = try root.list([], limit: 10_000)
        #expect(entries.count == 10_000)
        #expect(!isComplete)
        #expect(try root.list([], limit: 200_000).entries.count == 100_000)
        var seen = 0
        let end = try root.walk(from: [], state: (), limits: WalkLimits(entries: 500)) { _, _ in
            seen += 1
            return .next
        }
        #expect(end.isCut)
        #expect(seen == 500)
        #expect(try root.usage().names == 100_000)
        #expect(try root.usage(stopAtNames: 50_000).names == 50_001)
    }

    @Test func `a thousand levels are counted whole and walked to the limit of levels`() throws {
        let tree = try TemporaryTree()
        let root = try tree.root()
        let long = try EntryName(String(repeating: "l", count: 100))
        var current = try root.open([EntryName]())
        for _ in 0..<1_000 {
            // A second folder at each level makes the count come back up through all of them.
            try #require(unsafe mkdirat(current.number, "a", 0o755) == 0)
            try #require(unsafe mkdirat(current.number, long.terminated, 0o755) == 0)
            current = try root.open(CollectionOfOne(long), beneath: current)
        }
        let usage = try root.usage()
        #expect(usage.names == 2_000)
        #expect(usage.unreadable == 0)
        #expect(!usage.isCut)
        var deepest = 0
        let limits = WalkLimits(entries: 100_000, levels: 20)
        let end = try root.walk(from: [], state: (), limits: limits) { entry, _ in
            deepest = max(deepest, entry.folders.count)
            return .enter(())
        }
        #expect(end.isCut)
        #expect(deepest == 19)
        #expect(throws: FileFailure.tooMany) {
            try root.move([long.repairedText], to: ["b"], limits: limits) { _, _ in true }
        }
    }

    @Test func `a walk ends at its deadline`() throws {
        let tree = try TemporaryTree()
        try tree.put("x", at: "root/a.txt")
        let limits = WalkLimits(entries: 100, time: .zero)
        let end = try tree.root().walk(from: [], state: (), limits: limits) { _, _ in .next }
        #expect(end.isCut)
    }

    @Test(arguments: [0, 0o400, 0o100, 0o600] as [mode_t])
    func `a folder that hides its content by chmod is counted`(mode: mode_t) throws {
        let tree = try TemporaryTree()
        let root = try tree.root()
        try root.makeFolders(["hidden"])
        try root.write([UInt8](repeating: 1, count: 9_000), to: ["hidden", "large.txt"])
        _ = unsafe chmod(tree.rootPath + "/hidden", mode)
        let usage = try root.usage()
        #expect(usage.names == 2)
        #expect(usage.bytes >= 9_000)
        #expect(usage.unreadable == 0)
    }

    @Test func `names that are not UTF-8 are counted and walked into`() throws {
        let tree = try TemporaryTree()
        let root = try tree.root()
        let odd = try EntryName(bytes: [0xFF, 0xFE])
        try #require(unsafe mkdirat(root.descriptor, odd.terminated, 0o755) == 0)
        let inner = try root.open(CollectionOfOne(odd))
        try #require(unsafe mkdirat(inner.number, "inner", 0o755) == 0)
        #expect(try root.usage().names == 2)
        var names: [String?] = []
        _ = try root.walk(from: [], state: (), limits: WalkLimits(entries: 10)) { entry, _ in
            names.append(entry.name.text)
            return .enter(())
        }
        #expect(names == [nil, "inner"])
    }

    @Test func `links and special files are shown to a walk but not followed`() throws {
        let tree = try TemporaryTree()
        try tree.link("root/link", to: tree.base + "/outside")
        try tree.pipe("root/pipe")
        try tree.link("root/dangling", to: "nowhere")
        var kinds: [String: FileKind] = [:]
        let end = try tree.root().walk(from: [], state: (), limits: WalkLimits(entries: 10)) { entry, _ in
            kinds[entry.name.repairedText] = entry.kind
            return .enter(())
        }
        #expect(kinds == ["link": .link, "pipe": .special, "dangling": .link])
        #expect(end == WalkEnd())
    }
}
