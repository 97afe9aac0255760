// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Testing

@testable import ContainerMCPCore

/// Real events of real folders; what must not come is told from what comes after it.
@Suite(.timeLimit(.minutes(5))) struct WatchingTests {
    private let fixture: ResourceFixture

    init() throws {
        fixture = try ResourceFixture()
        try fixture.write("workspace/end.txt")
    }

    private func uri(_ path: String) -> String { "file:///" + path }

    /// A feed of these files, all of them watched, and of the file that ends a test.
    private func feed(_ paths: String...) async throws -> ChangeFeed {
        let uris = (paths + ["workspace/end.txt"]).map(uri)
        let feed = fixture.changes.feed(ChangeInterest(resources: Set(uris)))
        for uri in uris { try #require(await fixture.resources.watch(uri, in: fixture.context())) }
        return feed
    }

    private func change(_ path: String) -> Change { .resource(uri: uri(path)) }

    @Test func `a write to a watched file is told`() async throws {
        try fixture.write("workspace/a.txt", "1")
        let feed = try await feed("workspace/a.txt")
        try fixture.write("workspace/a.txt", "2")
        #expect(await feed.changes(until: change("workspace/a.txt")) == [change("workspace/a.txt")])
    }

    @Test func `a write by the file tools, which renames over the file, is told`() async throws {
        try fixture.write("workspace/a.txt", "1")
        let feed = try await feed("workspace/a.txt")
        try fixture.workspace.write(Array("2".utf8), to: ["a.txt"])
        #expect(await feed.changes(until: change("workspace/a.txt")) == [change("workspace/a.txt")])
        // And once more: the new file is watched like the old one.
        try fixture.workspace.write(Array("3".utf8), to: ["a.txt"])
        #expect(await feed.changes(until: change("workspace/a.txt")) == [change("workspace/a.txt")])
    }

    @Test func `coming, going and moving are told`() async throws {
        let feed = try await feed("workspace/a.txt", "workspace/b.txt")
        try fixture.write("workspace/a.txt")
        _ = await feed.changes(until: change("workspace/a.txt"))
        try fixture.move("workspace/a.txt", to: "workspace/b.txt")
        let moved = await feed.changes(until: change("workspace/b.txt"))
        #expect(moved.isSuperset(of: [change("workspace/b.txt")]))
        try fixture.remove("workspace/b.txt")
        _ = await feed.changes(until: change("workspace/b.txt"))
    }

    @Test func `other files of the folder are not told, nor files that were let go`() async throws {
        let feed = try await feed("workspace/gone.txt")
        #expect(feed.add(uri("workspace/other.txt")))
        await fixture.resources.unwatch(uri("workspace/gone.txt"), for: fixture.caller)
        try fixture.write("workspace/gone.txt")
        try fixture.write("workspace/other.txt")
        try fixture.write("workspace/end.txt")
        #expect(await feed.changes(until: change("workspace/end.txt")) == [change("workspace/end.txt")])
    }

    @Test func `a file watched twice has to be let go twice`() async throws {
        let feed = try await feed("workspace/a.txt")
        #expect(await fixture.resources.watch(uri("workspace/a.txt"), in: fixture.context()))
        await fixture.resources.unwatch(uri("workspace/a.txt"), for: fixture.caller)
        try fixture.write("workspace/a.txt")
        _ = await feed.changes(until: change("workspace/a.txt"))
        await fixture.resources.unwatch(uri("workspace/a.txt"), for: fixture.caller)
        // Once too often harms nobody.
        await fixture.resources.unwatch(uri("workspace/a.txt"), for: fixture.caller)
        try fixture.write("workspace/a.txt")
        try fixture.write("workspace/end.txt")
        #expect(!(await feed.changes(until: change("workspace/end.txt"))).contains(change("workspace/a.txt")))
    }

    @Test func `every spelling of a URI that was asked for is told as it was written`() async throws {
        try fixture.makeFolder("workspace/b")
        let spellings = ["workspace/b/a.txt", "workspace/b%2Fa.txt", "workspace/%62/a.txt"]
        let feed = try await feed(spellings[0], spellings[1], spellings[2])
        try fixture.write("workspace/b/a.txt")
        var missing = Set(spellings.map(change))
        while !missing.isEmpty, let news = await feed.next() { missing.subtract(news) }
        #expect(missing.isEmpty)
    }

    @Test func `the data folder is watched, too`() async throws {
        let feed = try await feed("data/x.csv")
        try fixture.write("data/x.csv")
        #expect(await feed.changes(until: change("data/x.csv")) == [change("data/x.csv")])
    }

    @Test func `a file in folders that are not there yet is told when it comes`() async throws {
        let feed = try await feed("workspace/a/b/c.txt")
        try fixture.makeFolder("workspace/a")
        try fixture.makeFolder("workspace/a/b")
        _ = await feed.changes(until: change("workspace/a/b/c.txt"))
        try fixture.write("workspace/a/b/c.txt")
        _ = await feed.changes(until: change("workspace/a/b/c.txt"))
    }

    @Test func `a folder that is deleted and made anew is watched again`() async throws {
        try fixture.makeFolder("workspace/a")
        try fixture.write("workspace/a/x.txt")
        let feed = try await feed("workspace/a/x.txt")
        for _ in 0..<3 {
            try fixture.remove("workspace/a/x.txt")
            _ = await feed.changes(until: change("workspace/a/x.txt"))
            try fixture.remove("workspace/a")
            try fixture.makeFolder("workspace/a")
            try fixture.write("workspace/a/x.txt")
            _ = await feed.changes(until: change("workspace/a/x.txt"))
        }
    }

    @Test
    func `a folder far above that is moved away takes its files along, and what takes its place counts`()
        async throws
    {
        for folder in ["workspace/a", "workspace/a/b", "workspace/new", "workspace/new/b"] {
            try fixture.makeFolder(folder)
        }
        try fixture.write("workspace/a/b/x.txt", "old")
        let feed = try await feed("workspace/a/b/x.txt")
        try fixture.move("workspace/a", to: "workspace/old")
        _ = await feed.changes(until: change("workspace/a/b/x.txt"))
        try fixture.move("workspace/new", to: "workspace/a")
        _ = await feed.changes(until: change("workspace/a/b/x.txt"))
        // The old file is somebody else's now.
        try fixture.write("workspace/old/b/x.txt", "still old")
        try fixture.write("workspace/end.txt")
        #expect(await feed.changes(until: change("workspace/end.txt")) == [change("workspace/end.txt")])
        try fixture.write("workspace/a/b/x.txt", "new")
        _ = await feed.changes(until: change("workspace/a/b/x.txt"))
    }

    @Test func `a folder that becomes a link out of the tree is not followed`() async throws {
        try fixture.makeFolder("workspace/a")
        try fixture.write("workspace/a/x.txt")
        let feed = try await feed("workspace/a/x.txt")
        try fixture.move("workspace/a", to: "workspace/old")
        try fixture.link("workspace/a", to: fixture.place("outside"))
        // The move and the link may be one piece of news or two; a third file tells when both are over.
        try fixture.write("workspace/end.txt")
        _ = await feed.changes(until: change("workspace/end.txt"))
        try fixture.write("workspace/end.txt")
        _ = await feed.changes(until: change("workspace/end.txt"))
        try fixture.write("outside/x.txt", "secret")
        try fixture.write("workspace/end.txt")
        #expect(await feed.changes(until: change("workspace/end.txt")) == [change("workspace/end.txt")])
    }

    @Test(arguments: [
        "file:///workspace", "file:///workspace/", "file:///data", "file:///workspace/tool.sh",
        "http://x/a.txt",
        "file:///workspace/../outside/o.txt", "file:///workspace/..%2Foutside%2Fo.txt",
        "file:///etc/passwd.txt",
        "file:///workspace/.cmcp/a.sh", "file:///workspace/" + String(repeating: "a/", count: 70) + "x.txt",
    ])
    func `what is no file that could be read can't be watched`(uri: String) async {
        #expect(!(await fixture.resources.watch(uri, in: fixture.context())))
    }

    @Test func `1,024 files can be watched and not one more`() async throws {
        let context = fixture.context()
        for number in 0..<1_024 {
            try #require(
                await fixture.resources.watch(uri("workspace/d\(number % 40)/f\(number).txt"), in: context)
            )
        }
        #expect(!(await fixture.resources.watch(uri("workspace/more.txt"), in: context)))
        #expect(await fixture.resources.watch(uri("workspace/d0/f0.txt"), in: context), "it is one of them")
        await fixture.resources.unwatch(uri("workspace/d1/f1.txt"), for: fixture.caller)
        #expect(await fixture.resources.watch(uri("workspace/more.txt"), in: context))
    }

    @Test func `nothing is watched after the stop`() async throws {
        let feed = try await feed("workspace/a.txt")
        #expect(await fixture.resources.watchList(for: fixture.caller))
        fixture.resources.stop()
        #expect(!(await fixture.resources.watch(uri("workspace/a.txt"), in: fixture.context())))
        #expect(!(await fixture.resources.watchList(for: fixture.caller)))
        await fixture.resources.unwatch(uri("workspace/a.txt"), for: fixture.caller)
        await fixture.resources.unwatchList(for: fixture.caller)
        #expect(feed.interest.resources.count == 2)
    }

    @Test func `a root that is not there can't be watched`() async throws {
        let watcher = FolderWatcher(
            roots: [.workspace: RootDirectory()],
            endings: ["txt"],
            publish: { _ in }
        )
        #expect(!(await watcher.watch("u", at: try SandboxPath(parsing: "a.txt"))))
        #expect(!(await watcher.watch("u", at: try SandboxPath(parsing: "/data/a.txt"))))
        #expect(!(await watcher.watchLists()))
    }

    @Test func `many changes at once are told for every file`() async throws {
        try fixture.makeFolder("workspace/many")
        let paths = (0..<300).map { "workspace/many/f\($0).txt" }
        let context = fixture.context()
        for path in paths { try #require(await fixture.resources.watch(uri(path), in: context)) }
        let feed = fixture.changes.feed(ChangeInterest(resources: Set(paths.map(uri))))
        for path in paths { try fixture.write(path) }
        var missing = Set(paths.map(change))
        while !missing.isEmpty, let news = await feed.next() { missing.subtract(news) }
        #expect(missing.isEmpty)
    }
}
