// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import Testing

@Suite struct PollingTests {
    @Test func `a stream begins with an event to come back with, byte for byte`() async throws {
        try await RunningServer.scripted { server, gates, _ in
            let client = try await SessionClient.open(server, "2025-11-25")
            let connection = try await server.connect()
            let fields = ["Content-Type: application/json", SessionClient.both] + client.fields
            let body = SessionClient.script("wait:end", id: 2)
            try await connection.send(RunningServer.text("POST", "/mcp", fields, body: body))
            let head = try await connection.read(through: "\r\n\r\n")
            #expect(
                head == """
                    HTTP/1.1 200 OK\r
                    x-content-type-options: nosniff\r
                    content-type: text/event-stream\r
                    cache-control: no-cache, no-transform\r
                    x-accel-buffering: no\r
                    transfer-encoding: chunked\r
                    \r

                    """
            )
            let priming = String(decoding: try #require(try await connection.chunk()), as: UTF8.self)
            let id = try #require(EventID(String(priming.dropFirst(4).prefix { $0 != "\n" })))
            #expect(id.number == 0)
            #expect(id.stream.hasPrefix("p1."))
            #expect(priming == "id: \(id)\nretry: 500\ndata:\n\n")
            gates.open("end")
            let answer = String(decoding: try #require(try await connection.chunk()), as: UTF8.self)
            #expect(
                answer.hasPrefix("event: message\nid: \(id.stream)-1\ndata: {\"jsonrpc\":\"2.0\",\"id\":2,")
            )
            #expect(answer.hasSuffix("}\n\n"))
            #expect(try await connection.chunk() == nil)
        }
    }

    @Test(arguments: ["2025-03-26", "2025-06-18"])
    func `older clients are sent no empty event and are never sent away`(revision: String) async throws {
        try await RunningServer.scripted { server, _, _ in
            let client = try await SessionClient.open(server, revision)
            let events = try await client.call("log:a break log:b", id: 2).rawEvents()
            #expect(events.count == 3)
            #expect(events.allSatisfy { $0.retry == nil && $0.data?.isEmpty == false && $0.id != nil })
        }
    }

    @Test func `a connection that a call ends is told when to come back, and the rest is fetched`()
        async throws
    {
        try await RunningServer.scripted { server, gates, _ in
            let client = try await SessionClient.open(server, "2025-11-25")
            let caller = try await client.call("log:a break wait:end log:b", id: 2)
            let events = try await caller.rawEvents()
            #expect(events.map(\.retry) == ["500", nil, "500"])
            #expect(events[0].data == "")
            #expect(events[1].json["params"]?["data"] == "a")
            #expect(events[2].id == nil)
            #expect(events[2].data == nil)
            // The connection itself may be used again at once, while the call still runs.
            let ping = #"{"jsonrpc":"2.0","id":9,"method":"ping"}"#
            let fields = ["Content-Type: application/json"] + client.fields
            try await caller.send(RunningServer.text("POST", "/mcp", fields, body: ping))
            #expect(try await caller.reply().json["id"] == 9)
            let again = try await client.listen(after: events[1].id)
            gates.open("end")
            let rest = try await again.rawEvents()
            #expect(rest.count == 2)
            #expect(rest[0].json["params"]?["data"] == "b")
            #expect(rest[1].json["id"] == 2)
        }
    }

    @Test func `a call can end connection after connection`() async throws {
        try await RunningServer.scripted { server, gates, _ in
            let client = try await SessionClient.open(server, "2025-11-25")
            var connection = try await client.call("break wait:1 break wait:2 break wait:3", id: 2)
            let place = try #require(try await connection.rawEvent()?.id)
            for number in 1...3 {
                #expect(try await connection.rawEvents().map(\.retry) == ["500"])
                connection = try await client.listen(after: place)
                gates.open("\(number)")
            }
            let rest = try await connection.rawEvents()
            #expect(rest.map { $0.json["id"] } == [2])
        }
    }

    @Test func `a client that takes only JSON waits for its answer`() async throws {
        try await RunningServer.scripted { server, _, _ in
            let client = try await SessionClient.open(server, "2025-11-25")
            let reply = try await client.post(
                SessionClient.script("log:a break progress:1", id: 2),
                ["Accept: application/json"]
            )
            #expect(reply.status == 200)
            #expect(reply.fields["content-type"] == "application/json")
            #expect(reply.json["id"] == 2)
        }
    }

    @Test func `a server that stops tells waiting clients to come back`() async throws {
        try await RunningServer.scripted { server, _, words in
            let client = try await SessionClient.open(server, "2025-11-25")
            let caller = try await client.call("say:on wait:never", id: 2)
            var iterator = words.makeAsyncIterator()
            #expect(await iterator.next() == "on")
            #expect(try await caller.rawEvent()?.data == "")
            server.http.stop()
            #expect(try await caller.rawEvents().map(\.retry) == ["500"])
            #expect(await iterator.next() == "cancelled")
        }
    }
}
