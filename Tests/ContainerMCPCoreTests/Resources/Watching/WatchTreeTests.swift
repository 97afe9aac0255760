// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Glibc
import Testing

@testable import ContainerMCPCore

/// The tree of watched folders without its thread, so that events can be given to it.
@Suite struct WatchTreeTests {
    private let fixture: ResourceFixture

    init() throws {
        fixture = try ResourceFixture()
    }

    private func tree() throws -> WatchTree {
        WatchTree(
            roots: [.workspace: fixture.workspace],
            endings: ResourceFixture.endings,
            inotify: try #require(Inotify())
        )
    }

    private func path(_ text: String) throws -> SandboxPath { try SandboxPath(parsing: text) }

    @Test func `after an overflow everything may have changed`() throws {
        var tree = try tree()
        #expect(tree.watch("u1", at: try path("a.txt")))
        #expect(tree.watch("u2", at: try path("b/c.txt")))
        let lost = InotifyEvent(watch: -1, mask: UInt32(IN_Q_OVERFLOW))
        #expect(tree.take([lost]) == WatchNews(uris: ["u1", "u2"], changesList: false))
        #expect(tree.watchList() == true)
        #expect(tree.take([lost]) == WatchNews(uris: ["u1", "u2"], changesList: true))
    }

    @Test func `after an overflow folders that came meanwhile are watched`() throws {
        var tree = try tree()
        #expect(tree.watch("u", at: try path("b/c.txt")))
        try fixture.makeFolder("workspace/b")
        _ = tree.inotify.read()
        _ = tree.take([InotifyEvent(watch: -1, mask: UInt32(IN_Q_OVERFLOW))])
        try fixture.write("workspace/b/c.txt")
        #expect(tree.take(tree.inotify.read()).uris == ["u"])
    }

    @Test func `events of unknown watches and names mean nothing`() throws {
        var tree = try tree()
        #expect(tree.watch("u", at: try path("a.txt")))
        let watch = try #require(tree.byWatch.keys.first)
        for event in [
            InotifyEvent(watch: 4_711, mask: UInt32(IN_CREATE), name: Array("a.txt".utf8)),
            InotifyEvent(watch: watch, mask: UInt32(IN_CREATE), name: [0xFF, 0x2E]),
            InotifyEvent(watch: watch, mask: UInt32(IN_CREATE), name: []),
            InotifyEvent(watch: watch, mask: UInt32(IN_CREATE), name: Array("A.txt".utf8)),
        ] {
            #expect(tree.take([event]) == WatchNews())
        }
        #expect(
            tree.take([InotifyEvent(watch: watch, mask: UInt32(IN_MODIFY), name: Array("a.txt".utf8))]).uris
                == ["u"]
        )
    }

    @Test func `everything is let go with the last who watches`() throws {
        var tree = try tree()
        try fixture.makeFolder("workspace/a")
        #expect(tree.watch("u", at: try path("a/b/c.txt")))
        #expect(tree.watch("u", at: try path("a/b/c.txt")))
        #expect(tree.watchList() == true)
        tree.unwatch("u")
        tree.unwatch("u")
        #expect(tree.listedCount == 2)
        tree.unwatchList()
        #expect(tree.nodes.isEmpty)
        #expect(tree.byWatch.isEmpty)
        #expect(tree.tops.isEmpty)
        #expect(tree.listedCount == 0)
    }

    @Test func `512 folders are watched for the list, the upper levels first, and free places are filled`()
        throws
    {
        for number in 0..<300 {
            try fixture.makeFolder("workspace/d\(number)")
            try fixture.makeFolder("workspace/d\(number)/e")
        }
        var tree = try tree()
        #expect(tree.watchList() == true)
        #expect(tree.listedCount == WatchTree.maximumListed)
        let listed = tree.nodes.values.filter(\.isListed)
        #expect(listed.count { $0.components.count == 1 } == 300)
        #expect(!tree.needsRepair)
        // Further folders find no place.
        try fixture.makeFolder("workspace/more")
        _ = tree.take(tree.inotify.read())
        #expect(tree.listedCount == WatchTree.maximumListed)
        try fixture.remove("workspace/more")
        for number in 0..<10 {
            try fixture.remove("workspace/d\(number)/e")
            try fixture.remove("workspace/d\(number)")
        }
        _ = tree.take(tree.inotify.read())
        #expect(tree.listedCount < WatchTree.maximumListed)
        #expect(tree.needsRepair)
        #expect(tree.repair().changesList == true)
        #expect(tree.listedCount == WatchTree.maximumListed)
        #expect(!tree.needsRepair)
    }

    @Test func `a hostile dance of folders neither grows the tree nor stops it`() throws {
        try fixture.makeFolder("workspace/a")
        try fixture.write("workspace/a/x.txt")
        var tree = try tree()
        #expect(tree.watch("u", at: try path("a/x.txt")))
        #expect(tree.watchList() == true)
        for round in 0..<200 {
            try fixture.move("workspace/a", to: "workspace/b\(round % 3)")
            if round % 2 == 0 { try fixture.link("workspace/a", to: "..") }
            _ = tree.take(tree.inotify.read())
            if round % 2 == 0 { try fixture.remove("workspace/a") }
            try fixture.move("workspace/b\(round % 3)", to: "workspace/a")
            if round % 7 == 0 { _ = tree.take(tree.inotify.read()) }
        }
        _ = tree.take(tree.inotify.read())
        #expect(tree.nodes.count == 2)
        #expect(tree.byWatch.count == 2)
        try fixture.write("workspace/a/x.txt", "again")
        #expect(tree.take(tree.inotify.read()).uris == ["u"])
    }

    @Test func `a tree has no more nodes than its bound`() throws {
        var tree = try tree()
        var taken = 0
        for number in 0..<400 {
            let folders = (0..<60).map { "d\($0)-\(number)" }.joined(separator: "/")
            if tree.watch("u\(number)", at: try path(folders + "/x.txt")) { taken += 1 }
        }
        #expect(taken > 100 && taken < 400)
        #expect(tree.nodes.count <= WatchTree.maximumNodes)
        for number in 0..<400 { tree.unwatch("u\(number)") }
        #expect(tree.nodes.isEmpty)
    }

    @Test func `events are read from the bytes of the kernel, whole ones only`() {
        func bytes(_ watch: Int32, _ mask: UInt32, _ length: UInt32, _ name: [UInt8]) -> [UInt8] {
            [UInt32(bitPattern: watch), mask, 0, length].flatMap { number in
                unsafe withUnsafeBytes(of: number) { unsafe Array($0) }
            } + name
        }
        let first = bytes(3, 0x100, 8, Array("a.txt".utf8) + [0, 0, 0])
        let second = bytes(-1, 0x4000, 0, [])
        #expect(
            InotifyEvent.events(in: (first + second)[...]) == [
                InotifyEvent(watch: 3, mask: 0x100, name: Array("a.txt".utf8)),
                InotifyEvent(watch: -1, mask: 0x4000),
            ]
        )
        #expect(InotifyEvent.events(in: (first + second.dropLast())[...]).count == 1)
        #expect(InotifyEvent.events(in: first.dropLast()).isEmpty)
        #expect(InotifyEvent.events(in: bytes(1, 1, .max, [1, 2, 3])[...]).isEmpty)
        #expect(InotifyEvent.events(in: []).isEmpty)
        #expect(InotifyEvent.events(in: (second + first).dropFirst(16)).count == 1)
    }
}
