// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import NIOCore
import Testing

@Suite struct ChannelEndpointTests {
    /// Opens `/sse` and reads where to POST.
    private static func open(_ server: RunningServer, _ fields: [String] = []) async throws -> (
        RawConnection, String
    ) {
        let stream = try await server.connect()
        try await stream.send(RunningServer.text("GET", "/sse", fields))
        let head = try await stream.head()
        #expect(head.status == 200)
        #expect(head.fields["content-type"] == "text/event-stream")
        #expect(head.fields["cache-control"] == "no-store")
        #expect(head.fields["x-accel-buffering"] == "no")
        return (stream, try #require(try await stream.event()))
    }

    @Test(arguments: ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
    func `a client of any age shakes hands, lists and calls`(revision: String) async throws {
        try await RunningServer.light { server async throws in
            let (stream, place) = try await Self.open(server)
            #expect(place.hasPrefix("/messages?session_id="))
            #expect(place.utf8.count == "/messages?session_id=".utf8.count + 32)
            let accepted = try await server.post(place, RunningServer.initialize(revision))
            #expect(accepted.status == 202)
            let hello = try await stream.message()
            #expect(hello["id"] == 1)
            #expect(hello["result"]?["protocolVersion"]?.stringValue == revision)
            let ready = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#
            #expect(try await server.post(place, ready).status == 202)
            #expect(
                try await server.post(place, #"{"jsonrpc":"2.0","id":"2","method":"tools/list"}"#).status
                    == 202
            )
            let list = try await stream.message()
            #expect(list["id"] == "2")
            #expect(list["result"]?["tools"]?.arrayValue?.count == 1)
            _ = try await server.post(place, RunningServer.call("echo", #"{"text":"hi"}"#, id: 3))
            let answer = try await stream.message()
            #expect(answer["id"] == 3)
            #expect(answer["result"]?["isError"] == false)
        }
    }

    @Test func `a 2026 request is answered on the same stream`() async throws {
        try await RunningServer.light { server async throws in
            let (stream, place) = try await Self.open(server)
            let meta = """
                "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
                "io.modelcontextprotocol/clientCapabilities":{}}
                """
            _ = try await server.post(
                place,
                #"{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{\#(meta)}}"#
            )
            let answer = try await stream.message()
            #expect(answer["result"]?["resultType"] == "complete")
        }
    }

    @Test(
        arguments: [
            ("{", 400, -32700), ("[]", 400, -32600), ("[{}]", 400, -32600), ("5", 400, -32600),
            ("{}", 400, -32600),
            (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, 400, -32600),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, 400, -32602),
            (#"{"jsonrpc":"2.0","id":1,"id":1,"method":"ping"}"#, 400, -32600),
            ("", 400, -32700), (#"{"jsonrpc":"2.0","method":"unknown"}"#, 202, 0),
            (#"{"jsonrpc":"2.0","id":9,"result":{}}"#, 202, 0),
        ] as [(String, Int, Int64)]
    )
    func `what is posted is told whether it is a message`(body: String, status: Int, code: Int64) async throws
    {
        try await RunningServer.light { server async throws in
            let (stream, place) = try await Self.open(server)
            let reply = try await server.post(place, body)
            #expect(reply.status == status)
            #expect(reply.errorCode == (code == 0 ? nil : code))
            _ = try await server.post(place, #"{"jsonrpc":"2.0","id":7,"method":"ping"}"#)
            #expect(try await stream.message()["id"] == 7)
        }
    }

    @Test func `a batch is taken where the revision has batches`() async throws {
        try await RunningServer.light { server async throws in
            let (stream, place) = try await Self.open(server)
            _ = try await server.post(place, RunningServer.initialize("2025-03-26"))
            _ = try await stream.message()
            let batch =
                #"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]"#
            #expect(try await server.post(place, batch).status == 202)
            #expect(try await stream.message().arrayValue?.count == 2)
        }
    }

    @Test func `a session that is guessed, foreign or over is not found`() async throws {
        try await RunningServer.light { server async throws in
            let (stream, place) = try await Self.open(server)
            let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
            let id = String(place.dropFirst("/messages?session_id=".count))
            let other = String(id.reversed())
            #expect(try await server.post("/messages", ping).status == 400)
            #expect(try await server.post("/messages?session_id=", ping).status == 404)
            #expect(try await server.post("/messages?session_id=\(other)", ping).status == 404)
            #expect(try await server.post("/messages?session_id=\(id.prefix(8))", ping).status == 404)
            #expect(try await server.post("/messages?session_id=\(id)&session_id=\(id)", ping).status == 400)
            #expect(try await server.post("/mcp", ping, ["Mcp-Session-Id: \(id)"]).status == 404)
            #expect(try await server.post(place, ping).status == 202)
            stream.close()
            try await Wait.until { try await server.post(place, ping).status == 404 }
        }
    }

    @Test func `each session gets its own answers and nothing else`() async throws {
        try await RunningServer.light { server async throws in
            let (first, firstPlace) = try await Self.open(server)
            let (second, secondPlace) = try await Self.open(server)
            #expect(firstPlace != secondPlace)
            for (place, stream) in [(firstPlace, first), (secondPlace, second)] {
                _ = try await server.post(place, RunningServer.initialize())
                _ = try await stream.message()
            }
            for number in 0..<20 {
                _ = try await server.post(
                    firstPlace,
                    RunningServer.call("echo", #"{"text":"first"}"#, id: number)
                )
                _ = try await server.post(
                    secondPlace,
                    RunningServer.call("echo", #"{"text":"second"}"#, id: number)
                )
            }
            for (stream, text) in [(first, "first"), (second, "second")] {
                var ids: Set<Int64> = []
                for _ in 0..<20 {
                    let message = try await stream.message()
                    #expect(message["result"]?["structuredContent"]?["text"]?.stringValue == text)
                    if let id = message["id"]?.int64Value { ids.insert(id) }
                }
                #expect(ids.count == 20)
            }
        }
    }

    @Test func `three hundred sessions are served, one too many is refused`() async throws {
        try await RunningServer.light(["SESSION_MAX": "300"]) { server async throws in
            var streams: [(RawConnection, String)] = []
            for _ in 0..<300 { streams.append(try await Self.open(server)) }
            #expect(Set(streams.map(\.1)).count == 300)
            #expect(try await server.request("GET", "/sse").status == 503)
            for (stream, place) in [streams[0], streams[150], streams[299]] {
                _ = try await server.post(place, #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#)
                #expect(try await stream.message()["id"] == 1)
            }
            streams[7].0.close()
            try await Wait.until {
                let stream = try await server.connect()
                try await stream.send(RunningServer.text("GET", "/sse"))
                return try await stream.head().status == 200
            }
        }
    }

    @Test func `the path prefix and the replica's tag are in the endpoint`() async throws {
        try await RunningServer.light(["MCP_PATH_PREFIX": "/tools/box", "MCP_REPLICA_ID": "r7"]) {
            server async throws in
            let stream = try await server.connect()
            try await stream.send(RunningServer.text("GET", "/tools/box/sse"))
            _ = try await stream.head()
            let place = try #require(try await stream.event())
            #expect(place.hasPrefix("/tools/box/messages?session_id=r7-"))
            #expect(try await server.post(place, RunningServer.initialize()).status == 202)
            #expect(try await server.request("GET", "/sse").status == 404)
            #expect(try await server.request("GET", "/tools/boxsse").status == 404)
        }
    }

    @Test func `a stream that is closed cancels what it asked for`() async throws {
        let (events, input) = AsyncStream.makeStream(of: String.self)
        try await RunningServer.light(tools: [WaitTool(events: input)]) { server async throws in
            let (stream, place) = try await Self.open(server)
            _ = try await server.post(place, RunningServer.initialize())
            _ = try await server.post(place, RunningServer.call("wait", "{}", id: 2))
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == "began")
            stream.close()
            #expect(await iterator.next() == "cancelled")
        }
    }

    @Test func `a cancelled call is not answered and others are`() async throws {
        let (events, input) = AsyncStream.makeStream(of: String.self)
        try await RunningServer.light(tools: [WaitTool(events: input)]) { server async throws in
            let (stream, place) = try await Self.open(server)
            _ = try await server.post(place, RunningServer.initialize())
            _ = try await stream.message()
            _ = try await server.post(place, RunningServer.call("wait", "{}", id: 2))
            let cancel = #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}"#
            _ = try await server.post(place, cancel)
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == "began")
            #expect(await iterator.next() == "cancelled")
            _ = try await server.post(place, #"{"jsonrpc":"2.0","id":3,"method":"ping"}"#)
            #expect(try await stream.message()["id"] == 3)
        }
    }

    @Test func `a silent stream is kept open by comments`() async throws {
        var times = RunningServer.times
        times.keepAlive = .milliseconds(20)
        try await RunningServer.light(times: times) { server async throws in
            let (stream, _) = try await Self.open(server)
            #expect(try await stream.chunk() == Array(": keep-alive\n\n".utf8))
            #expect(try await stream.chunk() == Array(": keep-alive\n\n".utf8))
        }
    }

    @Test func `a reader that takes nothing is dropped`() async throws {
        var times = RunningServer.times
        times.stall = .milliseconds(300)
        try await RunningServer.light(times: times) { server async throws in
            let stream = try await RawConnection.connect(port: server.port, receiveBuffer: 4_096)
            try await stream.send(RunningServer.text("GET", "/sse"))
            _ = try await stream.head()
            let place = try #require(try await stream.event())
            _ = try await server.post(place, RunningServer.initialize())
            _ = try await stream.message()
            _ = try await server.post(place, RunningServer.call("echo", #"{"size":20000000}"#, id: 2))
            try await Wait.until {
                let ready = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#
                return try await server.post(place, ready).status == 404
            }
        }
    }

    @Test func `a large answer reaches a slow reader whole`() async throws {
        try await RunningServer.light { server async throws in
            let stream = try await RawConnection.connect(port: server.port, receiveBuffer: 4_096)
            try await stream.send(RunningServer.text("GET", "/sse"))
            _ = try await stream.head()
            let place = try #require(try await stream.event())
            _ = try await server.post(place, RunningServer.initialize())
            _ = try await stream.message()
            for id in 2..<5 {
                _ = try await server.post(place, RunningServer.call("echo", #"{"size":3000000}"#, id: id))
            }
            for _ in 2..<5 {
                let text = try await stream.message()["result"]?["structuredContent"]?["text"]?.stringValue
                #expect(text?.utf8.count == 3_000_000)
            }
        }
    }
}
