// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import NIOCore
import Testing

@Suite struct ResumptionTests {
    static let resumable = ["2025-03-26", "2025-06-18", "2025-11-25"]

    /// The next event that carries a message.
    private static func message(_ connection: RawConnection) async throws -> RawEvent? {
        while let event = try await connection.rawEvent() {
            if event.data?.isEmpty == false { return event }
        }
        return nil
    }

    private static func isAnswer(_ event: RawEvent?, to id: Int64) -> Bool {
        event?.json["id"]?.int64Value == id && event?.json["result"]?["isError"] == false
    }

    @Test(arguments: resumable)
    func `a call that lost its connection before it said anything is fetched with its first event`(
        revision: String
    ) async throws {
        try await RunningServer.scripted { server, gates, words in
            let client = try await SessionClient.open(server, revision)
            let caller = try await client.call("log:a say:on wait:cut", id: 2)
            let first = try #require(try await Self.message(caller))
            let id = try #require(first.id.flatMap { EventID($0) })
            var iterator = words.makeAsyncIterator()
            #expect(await iterator.next() == "on")
            caller.close()
            gates.open("cut")
            let again = try await client.listen(after: "\(id.stream)-0")
            #expect(try await Self.message(again) == first)
            #expect(Self.isAnswer(try await Self.message(again), to: 2))
            #expect(try await again.rawEvent() == nil)
        }
    }

    @Test(arguments: resumable)
    func `a cut in the middle loses and repeats nothing`(revision: String) async throws {
        try await RunningServer.scripted { server, gates, _ in
            let client = try await SessionClient.open(server, revision)
            let caller = try await client.call("progress:1 log:a wait:cut progress:2 log:b", id: 2)
            #expect(try await Self.message(caller)?.json["method"] == "notifications/progress")
            let last = try #require(try await Self.message(caller))
            #expect(last.json["params"]?["data"] == "a")
            caller.close()
            gates.open("cut")
            let again = try await client.listen(after: last.id)
            #expect(try await Self.message(again)?.json["params"]?["progress"] == 2)
            #expect(try await Self.message(again)?.json["params"]?["data"] == "b")
            #expect(Self.isAnswer(try await Self.message(again), to: 2))
            #expect(try await again.rawEvent() == nil)
        }
    }

    @Test func `a stream that is resumed while the call runs stays open until its answer`() async throws {
        try await RunningServer.scripted { server, gates, _ in
            let client = try await SessionClient.open(server)
            let caller = try await client.call("log:a wait:cut wait:on log:b wait:end", id: 2)
            let first = try #require(try await Self.message(caller)?.id)
            caller.close()
            let again = try await client.listen(after: first)
            gates.open("cut")
            gates.open("on")
            #expect(try await Self.message(again)?.json["params"]?["data"] == "b")
            again.close()
            let third = try await client.listen(after: first)
            #expect(try await Self.message(third)?.json["params"]?["data"] == "b")
            gates.open("end")
            #expect(Self.isAnswer(try await Self.message(third), to: 2))
            #expect(try await third.rawEvent() == nil)
        }
    }

    @Test func `an answer that was delivered can be fetched again, and after it there is nothing`()
        async throws
    {
        try await RunningServer.scripted { server, _, _ in
            let client = try await SessionClient.open(server)
            let caller = try await client.call("log:a", id: 2)
            let events = try await caller.rawEvents().filter { $0.data?.isEmpty == false }
            #expect(events.count == 2)
            let again = try await client.listen(after: events[0].id)
            #expect(try await again.rawEvents() == [events[1]])
            let after = try await client.listen(after: events[1].id)
            #expect(try await after.rawEvents() == [])
        }
    }

    @Test func `a large answer comes whole also after a cut in the middle of it`() async throws {
        try await RunningServer.scripted { server, _, _ in
            let client = try await SessionClient.open(server)
            let caller = try await client.call("log:a size:3000000", id: 2, receiveBuffer: 4_096)
            let first = try #require(try await Self.message(caller)?.id)
            _ = try await caller.read(count: 100_000)
            caller.close()
            let again = try await client.listen(after: first)
            let answer = try #require(try await Self.message(again))
            #expect(
                answer.json["result"]?["structuredContent"]?["text"]?.stringValue?.utf8.count == 3_000_000
            )
        }
    }

    @Test func `only events of the named stream are replayed`() async throws {
        try await RunningServer.scripted { server, gates, _ in
            let client = try await SessionClient.open(server)
            let one = try await client.call("log:one wait:cut log:one", id: 2)
            let two = try await client.call("log:two wait:cut log:two", id: 3)
            let firstOfOne = try #require(try await Self.message(one)?.id)
            let firstOfTwo = try #require(try await Self.message(two)?.id)
            one.close()
            two.close()
            gates.open("cut")
            let againOne = try await client.listen(after: firstOfOne)
            let againTwo = try await client.listen(after: firstOfTwo)
            #expect(try await Self.message(againTwo)?.json["params"]?["data"] == "two")
            #expect(Self.isAnswer(try await Self.message(againTwo), to: 3))
            #expect(try await Self.message(againOne)?.json["params"]?["data"] == "one")
            #expect(Self.isAnswer(try await Self.message(againOne), to: 2))
        }
    }

    @Test func `ids are unique in the session and grow in their stream`() async throws {
        try await RunningServer.scripted { server, _, _ in
            let client = try await SessionClient.open(server)
            var seen: Set<String> = []
            for id in 2..<6 {
                let events = try await client.call("log:a log:b progress:1", id: id).rawEvents()
                let ids = events.compactMap(\.id).compactMap { EventID($0) }
                #expect(ids.count == 5)
                #expect(Set(ids.map(\.stream)).count == 1)
                #expect(ids.map(\.number) == [0, 1, 2, 3, 4])
                seen.formUnion(ids.map(\.description))
            }
            #expect(seen.count == 20)
        }
    }

    @Test func `the newer of two that resume wins, and the older one ends`() async throws {
        try await RunningServer.scripted { server, gates, _ in
            let client = try await SessionClient.open(server)
            let caller = try await client.call("log:a wait:end log:b", id: 2)
            let first = try #require(try await Self.message(caller)?.id)
            let second = try await client.listen(after: first)
            #expect(try await caller.rawEvent() == nil)
            let third = try await client.listen(after: first)
            #expect(try await second.rawEvent() == nil)
            gates.open("end")
            #expect(try await Self.message(third)?.json["params"]?["data"] == "b")
            #expect(Self.isAnswer(try await Self.message(third), to: 2))
        }
    }

    @Test func `many that resume at once leave one that gets everything`() async throws {
        try await RunningServer.scripted { server, gates, _ in
            let client = try await SessionClient.open(server)
            let caller = try await client.call("log:a wait:end", id: 2)
            let first = try #require(try await Self.message(caller)?.id)
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let connection = try await client.listen(after: first)
                        return try await connection.rawEvents().count
                    }
                }
                // The one that is left waits for the answer, so all others have to have ended.
                var counts: [Int] = []
                while counts.count < 19, let count = try await group.next() { counts.append(count) }
                gates.open("end")
                while let count = try await group.next() { counts.append(count) }
                return counts
            }
            #expect(answers.reduce(0, +) == 1)
        }
    }

    @Test func `a stalled reader makes room for the connection that resumes`() async throws {
        try await RunningServer.scripted { server, gates, words in
            let client = try await SessionClient.open(server)
            let script = "log:a say:on logs:70x100000 wait:end"
            let stalled = try await client.call(script, id: 2, receiveBuffer: 4_096)
            let first = try #require(try await Self.message(stalled)?.id)
            var iterator = words.makeAsyncIterator()
            #expect(await iterator.next() == "on")
            let again = try await client.listen(after: first)
            gates.open("end")
            #expect(Self.isAnswer(try await again.rawEvents().last, to: 2))
            #expect(await Self.hasEnded(stalled))
        }
    }

    /// Whether a stream ends, in order or with its connection.
    private static func hasEnded(_ connection: RawConnection) async -> Bool {
        do {
            while try await connection.chunk() != nil {}
            return true
        } catch {
            return await connection.isClosedByServer()
        }
    }

    @Test func `ids that name no event of the session are refused`() async throws {
        try await RunningServer.scripted { server, gates, _ in
            let client = try await SessionClient.open(server)
            let other = try await SessionClient.open(server)
            let caller = try await client.call("log:a wait:end", id: 2)
            let foreign = try await other.call("log:a wait:end", id: 2)
            let mine = try #require(try await Self.message(caller)?.id.flatMap { EventID($0) })
            let theirs = try #require(try await Self.message(foreign)?.id)
            let garbage = [
                theirs, "\(mine.stream)-9", "\(mine.stream)-01", "\(mine.stream)--1", "\(mine.stream)-1x",
                mine.stream,
                "p99.\(mine.stream.suffix(8))-0", "g.00000000-0", "-", "1", "null", "../../etc/passwd",
                "\u{E9}-1",
                "\(mine.stream)-18446744073709551616", String(repeating: "9", count: 30_000),
            ]
            for id in garbage {
                #expect(try await client.listenStatus([id]) == 400, "\(id.prefix(80))")
            }
            #expect(try await client.listenStatus([mine.description, mine.description]) == 400)
            #expect(try await client.listenStatus([""]) == 400)
            // Nothing of that took the place of who reads.
            gates.open("end")
            #expect(Self.isAnswer(try await Self.message(caller), to: 2))
            let late = try await client.listen(after: mine.description)
            #expect(Self.isAnswer(try await Self.message(late), to: 2))
        }
    }

    @Test func `events of a session are for its owner only`() async throws {
        let token = "0123456789abcdef0123456789abcdef"
        try await RunningServer.scripted(["MCP_AUTH_TOKEN": token]) { server, gates, _ in
            let client = try await SessionClient.open(
                server,
                "2025-11-25",
                ["Authorization: Bearer \(token)"]
            )
            let caller = try await client.call("log:a wait:end", id: 2)
            let first = try #require(try await Self.message(caller)?.id)
            let session = "Mcp-Session-Id: \(client.id)"
            let get = try await server.request("GET", "/mcp", [session, "Last-Event-ID: \(first)"])
            #expect(get.status == 401)
            gates.open("end")
            #expect(Self.isAnswer(try await Self.message(caller), to: 2))
        }
    }

    @Test func `what a stream could not keep is left out, the answer is there`() async throws {
        try await RunningServer.scripted { server, gates, words in
            let client = try await SessionClient.open(server)
            let caller = try await client.call("log:a say:on wait:cut logs:70x20000 say:off", id: 2)
            let first = try #require(try await Self.message(caller)?.id)
            var iterator = words.makeAsyncIterator()
            #expect(await iterator.next() == "on")
            caller.close()
            gates.open("cut")
            #expect(await iterator.next() == "off")
            try await Wait.until {
                let events = try await client.listen(after: first).rawEvents()
                let kept = events.compactMap(\.data).reduce(0) { $0 + $1.utf8.count }
                return Self.isAnswer(events.last, to: 2) && (2..<70).contains(events.count)
                    && kept < 1_100_000
            }
        }
    }

    @Test func `a client that has said its last word still gets its stream`() async throws {
        try await RunningServer.scripted { server, gates, _ in
            let client = try await SessionClient.open(server)
            let caller = try await client.call("log:a wait:end", id: 2)
            _ = try await Self.message(caller)
            caller.endInput()
            gates.open("end")
            #expect(Self.isAnswer(try await Self.message(caller), to: 2))
            #expect(try await caller.rawEvent() == nil)
            #expect(await caller.isClosedByServer())
        }
    }

    @Test func `a call that is cancelled after its connection broke leaves a stream that ends`() async throws
    {
        try await RunningServer.scripted { server, _, words in
            let client = try await SessionClient.open(server)
            let caller = try await client.call("log:a wait:never", id: 2)
            let first = try #require(try await Self.message(caller)?.id)
            caller.close()
            let cancel = #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}"#
            #expect(try await client.post(cancel).status == 202)
            var iterator = words.makeAsyncIterator()
            #expect(await iterator.next() == "cancelled")
            #expect(try await client.listen(after: first).rawEvents() == [])
        }
    }
}
