// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import NIOCore
import Testing

@Suite struct SessionEndpointTests {
    private static let list = #"{"jsonrpc":"2.0","id":7,"method":"tools/list"}"#

    @Test func `deleting a session cancels its calls and ends its streams`() async throws {
        try await RunningServer.scripted { server, _, words in
            let client = try await SessionClient.open(server)
            let caller = try await client.call("say:on wait:never", id: 2)
            let general = try await client.listen()
            var iterator = words.makeAsyncIterator()
            #expect(await iterator.next() == "on")
            let place = try #require(try await caller.rawEvent()?.id)
            #expect(try await client.delete() == 204)
            #expect(await iterator.next() == "cancelled")
            #expect(try await caller.rawEvents() == [])
            #expect(try await general.rawEvents() == [])
            #expect(try await client.listenStatus([place]) == 404)
            #expect(try await client.post(Self.list).status == 404)
            #expect(try await client.delete() == 404)
        }
    }

    @Test func `a client that waits for JSON learns that its session is gone`() async throws {
        try await RunningServer.scripted { server, _, words in
            let client = try await SessionClient.open(server)
            let caller = try await server.connect()
            let fields = ["Content-Type: application/json", "Accept: application/json"] + client.fields
            let body = SessionClient.script("say:on wait:never", id: 2)
            try await caller.send(RunningServer.text("POST", "/mcp", fields, body: body))
            var iterator = words.makeAsyncIterator()
            #expect(await iterator.next() == "on")
            #expect(try await client.delete() == 204)
            let reply = try await caller.reply()
            #expect(reply.status == 404)
            #expect(reply.json["id"] == 2)
        }
    }

    @Test func `a session is never one that a client has made up`() async throws {
        try await RunningServer.scripted { server, _, _ in
            let chosen = "Mcp-Session-Id: 00112233445566778899aabbccddeeff"
            let reply = try await server.post("/mcp", RunningServer.initialize(), [chosen])
            #expect(reply.status == 404)
            #expect(reply.fields["mcp-session-id"] == nil)
            #expect(try await server.post("/mcp", Self.list, [chosen]).status == 404)
            #expect(try await server.request("GET", "/mcp", [chosen]).status == 404)
            let client = try await SessionClient.open(server)
            #expect(client.id != "00112233445566778899aabbccddeeff")
            let channel = try await server.connect()
            try await channel.send(RunningServer.text("GET", "/sse"))
            _ = try await channel.head()
            let place = try #require(try await channel.event())
            let id = String(place.dropFirst("/messages?session_id=".count))
            #expect(try await server.request("GET", "/mcp", ["Mcp-Session-Id: \(id)"]).status == 404)
            #expect(try await server.post("/messages?session_id=\(client.id)", Self.list).status == 404)
        }
    }

    @Test(arguments: ["tools/list", "ping", "nothing/here", "completion/complete"])
    func `what is short is answered as JSON`(method: String) async throws {
        try await RunningServer.scripted { server, _, _ in
            let client = try await SessionClient.open(server)
            let body = #"{"jsonrpc":"2.0","id":7,"method":"\#(method)"}"#
            let reply = try await client.post(body, [SessionClient.both])
            #expect(reply.status == 200)
            #expect(reply.fields["content-type"] == "application/json")
            #expect(reply.fields["mcp-session-id"] == nil)
        }
    }

    @Test(arguments: ["tools/call", "prompts/get", "resources/read", "tasks/result"])
    func `what may take long is answered as a stream, also where it fails`(method: String) async throws {
        try await RunningServer.scripted { server, _, _ in
            let client = try await SessionClient.open(server)
            let body = #"{"jsonrpc":"2.0","id":7,"method":"\#(method)"}"#
            let reply = try await client.post(body, [SessionClient.both])
            #expect(reply.status == 200)
            #expect(reply.fields["content-type"] == "text/event-stream")
            #expect(reply.text.contains(#""id":7,"error""#))
            let json = try await client.post(body, ["Accept: application/json"])
            #expect(json.json["error"] != nil)
        }
    }

    @Test func `a batch with a call is a stream, others are an array, refused ones have a status`()
        async throws
    {
        try await RunningServer.scripted { server, _, _ in
            let client = try await SessionClient.open(server, "2025-03-26")
            let batch = "[\(Self.list),\(SessionClient.script("log:a", id: 2))]"
            let stream = try await client.post(batch, [SessionClient.both])
            #expect(stream.fields["content-type"] == "text/event-stream")
            #expect(stream.text.contains("notifications/message"))
            #expect(stream.text.contains("data: [{"))
            let json = try await client.post(batch, ["Accept: application/json"])
            #expect(json.fields["content-type"] == "application/json")
            #expect(json.json.arrayValue?.count == 2)
            let lists = try await client.post("[\(Self.list)]", [SessionClient.both])
            #expect(lists.json.arrayValue?.count == 1)
            let many =
                "[" + Array(repeating: SessionClient.script("", id: 3), count: 101).joined(separator: ",")
                + "]"
            #expect(try await client.post(many, [SessionClient.both]).status == 400)
            let later = try await SessionClient.open(server, "2025-06-18")
            #expect(try await later.post(batch, [SessionClient.both]).status == 400)
        }
    }

    @Test func `answers to the server's questions are accepted, unknown ones too`() async throws {
        try await RunningServer.scripted { server, _, _ in
            let client = try await SessionClient.open(server)
            for body in [
                #"{"jsonrpc":"2.0","id":99,"result":{}}"#,
                #"{"jsonrpc":"2.0","id":"x","error":{"code":-1,"message":""}}"#,
            ] {
                let reply = try await client.post(body)
                #expect(reply.status == 202)
                #expect(reply.body.isEmpty)
            }
        }
    }

    @Test func `sixty-four calls may stream at once, one more is refused, and one that ended makes room`()
        async throws
    {
        let flags = ["FILE_MAX_RUNNING": "100", "SESSION_MAX_RUNNING": "64"]
        try await RunningServer.scripted(flags) { server, gates, _ in
            let client = try await SessionClient.open(server)
            var calls: [RawConnection] = []
            for id in 0..<64 { calls.append(try await client.call("wait:\(id)", id: 100 + id)) }
            let refused = try await client.post(SessionClient.script("", id: 2), [SessionClient.both])
            #expect(refused.status == 429)
            #expect(refused.errorCode == -32603)
            #expect(refused.json["id"] == 2)
            #expect(try await client.post(Self.list).status == 200)
            let other = try await SessionClient.open(server)
            #expect(try await other.post(Self.list).status == 200)
            gates.open("5")
            let ended = try await calls[5].rawEvents()
            #expect(ended.last?.json["id"] == 105)
            let next = try await client.post(SessionClient.script("", id: 3), [SessionClient.both])
            #expect(next.status == 200)
            for id in 0..<64 { gates.open("\(id)") }
        }
    }

    @Test func `a reader of a call that takes nothing is dropped, and its answer kept`() async throws {
        var times = ConnectionTimes()
        times.stall = .milliseconds(300)
        try await RunningServer.scripted(times: times) { server, _, _ in
            let client = try await SessionClient.open(server)
            let stalled = try await client.call("size:8000000", id: 2, receiveBuffer: 4_096)
            let place = try #require(try await stalled.rawEvent()?.id)
            #expect(await stalled.isClosedByServer())
            let answer = try #require(try await client.listen(after: place).rawEvents().last)
            #expect((8_000_000..<16_500_000).contains(answer.data?.utf8.count ?? 0))
        }
    }

    @Test func `a thousand sessions are opened and deleted`() async throws {
        try await RunningServer.scripted { server, _, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let connection = try await server.connect()
                        for _ in 0..<250 {
                            let body = RunningServer.initialize()
                            let fields = ["Content-Type: application/json"]
                            try await connection.send(RunningServer.text("POST", "/mcp", fields, body: body))
                            let id = try #require(try await connection.reply().fields["mcp-session-id"])
                            let session = ["Mcp-Session-Id: \(id)"]
                            try await connection.send(RunningServer.text("DELETE", "/mcp", session))
                            #expect(try await connection.reply().status == 204)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await server.request("GET", "/health").json["sessions"] == 0)
        }
    }

    @Test func `calls that come in one packet on one connection are answered in order`() async throws {
        try await RunningServer.scripted { server, _, _ in
            let client = try await SessionClient.open(server)
            let fields = ["Content-Type: application/json", SessionClient.both] + client.fields
            let texts = (2..<5).map { id in
                RunningServer.text("POST", "/mcp", fields, body: SessionClient.script("log:a", id: id))
            }
            let connection = try await server.connect()
            try await connection.send(texts.joined())
            for id in 2..<5 {
                #expect(try await connection.head().status == 200)
                #expect(try await connection.rawEvents().last?.json["id"]?.int64Value == Int64(id))
            }
            let bytes = Array(texts[0].utf8)
            for start in stride(from: 0, to: bytes.count, by: 7) {
                try await connection.send(Array(bytes[start..<min(start + 7, bytes.count)]))
            }
            #expect(try await connection.head().status == 200)
            #expect(try await connection.rawEvents().last?.json["id"] == 2)
        }
    }
}
