// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Testing

@testable import ContainerMCPCore

@Suite(.timeLimit(.minutes(5))) struct ListWatchingTests {
    private let fixture: ResourceFixture

    init() throws {
        fixture = try ResourceFixture()
        for folder in ["workspace/a", "workspace/a/b", "workspace/.cmcp", "data/d"] {
            try fixture.makeFolder(folder)
        }
        try fixture.write("workspace/end.txt")
    }

    private func listFeed() async throws -> ChangeFeed {
        let feed = fixture.changes.feed(ChangeInterest(lists: [.resources]))
        try #require(await fixture.resources.watchList(for: fixture.caller))
        return feed
    }

    @Test(arguments: ["workspace/x.txt", "workspace/a/x.txt", "workspace/a/b/x.txt", "data/d/x.csv"])
    func `a file that comes and goes anywhere in the trees changes the list`(path: String) async throws {
        let feed = try await listFeed()
        try fixture.write(path)
        #expect(await feed.next() == [.resources])
        try fixture.remove(path)
        #expect(await feed.next() == [.resources])
    }

    @Test func `files in new folders change the list, however fast the folders come`() async throws {
        let feed = try await listFeed()
        try fixture.makeFolder("workspace/n")
        try fixture.makeFolder("workspace/n/m")
        #expect(await feed.next() == [.resources])
        try fixture.write("workspace/n/m/x.txt")
        #expect(await feed.next() == [.resources])
        try fixture.move("workspace/n", to: "workspace/a/n")
        #expect(await feed.next() == [.resources])
        try fixture.write("workspace/a/n/m/y.txt")
        #expect(await feed.next() == [.resources])
    }

    @Test func `what is never listed does not change the list`() async throws {
        let feed = try await listFeed()
        #expect(feed.interest.lists == [.resources])
        let uri = "file:///workspace/end.txt"
        let end = fixture.changes.feed(ChangeInterest(lists: [.resources], resources: [uri]))
        #expect(await fixture.resources.watch(uri, in: fixture.context()))
        try fixture.write("workspace/tool.sh")
        try fixture.write("workspace/.cmcp/x.txt")
        try fixture.write("workspace/new\nline.txt")
        try fixture.write("workspace/end.txt", "changed, not new")
        #expect(await end.changes(until: .resource(uri: uri)) == [.resource(uri: uri)])
    }

    @Test func `after the last who listens nothing is told`() async throws {
        let feed = try await listFeed()
        #expect(await fixture.resources.watchList(for: fixture.caller))
        await fixture.resources.unwatchList(for: fixture.caller)
        try fixture.write("workspace/x.txt")
        #expect(await feed.next() == [.resources])
        await fixture.resources.unwatchList(for: fixture.caller)
        let uri = "file:///workspace/y.txt"
        let end = fixture.changes.feed(ChangeInterest(lists: [.resources], resources: [uri]))
        #expect(await fixture.resources.watch(uri, in: fixture.context()))
        try fixture.write("workspace/z.txt")
        try fixture.write("workspace/y.txt")
        #expect(await end.changes(until: .resource(uri: uri)) == [.resource(uri: uri)])
    }
}
