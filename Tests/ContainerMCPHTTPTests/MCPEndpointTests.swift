// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import NIOCore
import Testing

@Suite struct MCPEndpointTests {
    private static let ping = #"{"jsonrpc":"2.0","id":5,"method":"ping"}"#

    private static func open(_ server: RunningServer, _ revision: String = "2025-06-18") async throws
        -> String
    {
        let reply = try await server.post("/mcp", RunningServer.initialize(revision))
        #expect(reply.status == 200)
        #expect(reply.json["result"]?["protocolVersion"]?.stringValue == revision)
        return try #require(reply.fields["mcp-session-id"])
    }

    private static func modern(
        _ method: String,
        _ params: String = "",
        version: String = "2026-07-28",
        id: Int = 1
    ) -> String {
        let comma = params.isEmpty ? "" : ","
        return """
            {"jsonrpc":"2.0","id":\(id),"method":"\(method)","params":{\(params)\(comma)"_meta":\
            {"io.modelcontextprotocol/protocolVersion":"\(version)","io.modelcontextprotocol/clientCapabilities":{}}}}
            """
    }

    // MARK: Sessions

    @Test(arguments: ["2025-03-26", "2025-06-18", "2025-11-25"])
    func `a session is opened, used and ended`(revision: String) async throws {
        try await RunningServer.light { server async throws in
            let id = try await Self.open(server, revision)
            #expect(id.utf8.count == 32)
            let session = ["Mcp-Session-Id: \(id)", "MCP-Protocol-Version: \(revision)"]
            let ready = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#
            let accepted = try await server.post("/mcp", ready, session)
            #expect(accepted.status == 202)
            #expect(accepted.body.isEmpty)
            #expect(
                try await server.post("/mcp", Self.ping, session).json == [
                    "jsonrpc": "2.0", "id": 5, "result": [:],
                ]
            )
            #expect(try await server.request("DELETE", "/mcp", session).status == 204)
            #expect(try await server.post("/mcp", Self.ping, session).status == 404)
            #expect(try await server.request("DELETE", "/mcp", session).status == 404)
            #expect(try await server.request("GET", "/mcp", session).status == 404)
        }
    }

    @Test func `a call is answered in the form that the client takes`() async throws {
        try await RunningServer.light { server async throws in
            let session = "Mcp-Session-Id: \(try await Self.open(server))"
            let call = RunningServer.call("echo", #"{"text":"hi"}"#, id: 2)
            let both = "Accept: application/json, text/event-stream"
            let events = try await server.post("/mcp", call, [session, both])
            #expect(events.fields["content-type"] == "text/event-stream")
            #expect(events.text.hasPrefix("event: message\nid: p1."))
            let json = try await server.post("/mcp", call, [session, "Accept: application/json"])
            #expect(json.fields["content-type"] == "application/json")
            #expect(json.json["result"]?["structuredContent"]?["text"] == "hi")
            let list = try await server.post("/mcp", Self.ping, [session, both])
            #expect(list.fields["content-type"] == "application/json")
            let only = try await server.post("/mcp", Self.ping, [session, "Accept: text/event-stream"])
            #expect(only.fields["content-type"] == "text/event-stream")
            #expect(try await server.post("/mcp", call, [session, "Accept: text/html"]).status == 406)
        }
    }

    @Test func `what a session does not know has the status of the table`() async throws {
        try await RunningServer.light { server async throws in
            let id = try await Self.open(server)
            let session = "Mcp-Session-Id: \(id)"
            let list = #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#
            #expect(try await server.post("/mcp", list).status == 400)
            #expect(
                try await server.post("/mcp", list, ["Mcp-Session-Id: \(String(repeating: "0", count: 32))"])
                    .status == 404
            )
            #expect(try await server.post("/mcp", list, [session, session]).status == 400)
            #expect(try await server.request("GET", "/mcp").status == 400)
            #expect(try await server.request("DELETE", "/mcp").status == 400)
            #expect(
                try await server.request("GET", "/mcp", [session, "MCP-Protocol-Version: 2026-07-28"]).status
                    == 400
            )
            let modernGet = try await server.request("GET", "/mcp", ["MCP-Protocol-Version: 2026-07-28"])
            #expect(modernGet.status == 405)
            #expect(modernGet.fields["allow"] == "POST")
            let put = try await server.request("PUT", "/mcp", [session])
            #expect(put.status == 405)
            #expect(put.fields["allow"] == "GET, POST, DELETE")
            #expect(
                try await server.post("/mcp", list, [session, "MCP-Protocol-Version: 2025-03-26"]).status
                    == 200
            )
            let unknown = #"{"jsonrpc":"2.0","id":1,"method":"nothing/here"}"#
            let reply = try await server.post("/mcp", unknown, [session])
            #expect(reply.status == 200)
            #expect(reply.errorCode == -32601)
            let again = try await server.post("/mcp", RunningServer.initialize(), [session])
            #expect(again.errorCode == -32600)
            #expect(try await server.post("/mcp", "[]", [session]).status == 400)
        }
    }

    @Test func `a batch is answered where the revision has batches`() async throws {
        try await RunningServer.light { server async throws in
            let session = "Mcp-Session-Id: \(try await Self.open(server, "2025-03-26"))"
            let call = RunningServer.call("echo", #"{"text":"hi"}"#, id: 2)
            let json = "Accept: application/json"
            let reply = try await server.post("/mcp", "[\(Self.ping),\(call)]", [session, json])
            #expect(reply.status == 200)
            #expect(reply.json.arrayValue?.count == 2)
            let silent = #"[{"jsonrpc":"2.0","method":"notifications/initialized"}]"#
            #expect(try await server.post("/mcp", silent, [session]).status == 202)
            #expect(try await server.post("/mcp", "[]", [session]).status == 400)
        }
    }

    @Test func `a batch whose last call is cancelled is answered where it was posted`() async throws {
        let (events, input) = AsyncStream.makeStream(of: String.self)
        try await RunningServer.light(tools: [WaitTool(events: input)]) { server async throws in
            let session = "Mcp-Session-Id: \(try await Self.open(server, "2025-03-26"))"
            let batch = "[\(Self.ping),\(RunningServer.call("wait", "{}", id: 2))]"
            let caller = try await server.connect()
            let fields = ["Content-Type: application/json", "Accept: application/json", session]
            try await caller.send(RunningServer.text("POST", "/mcp", fields, body: batch))
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == "began")
            let cancel = #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}"#
            #expect(try await server.post("/mcp", cancel, [session]).status == 202)
            #expect(try await caller.reply().json == [["jsonrpc": "2.0", "id": 5, "result": [:]]])
        }
    }

    @Test func `there is one stream for what belongs to no request`() async throws {
        try await RunningServer.light { server async throws in
            let session = "Mcp-Session-Id: \(try await Self.open(server))"
            let stream = try await server.connect()
            try await stream.send(RunningServer.text("GET", "/mcp", [session, "Accept: text/event-stream"]))
            #expect(try await stream.head().status == 200)
            #expect(try await server.request("GET", "/mcp", [session]).status == 409)
            #expect(try await server.request("DELETE", "/mcp", [session]).status == 204)
            #expect(try await stream.event() == nil)
        }
    }

    @Test func `a session may stream again after its stream broke`() async throws {
        try await RunningServer.light { server async throws in
            let session = "Mcp-Session-Id: \(try await Self.open(server))"
            let first = try await server.connect()
            try await first.send(RunningServer.text("GET", "/mcp", [session]))
            #expect(try await first.head().status == 200)
            first.close()
            try await Wait.until {
                let next = try await server.connect()
                try await next.send(RunningServer.text("GET", "/mcp", [session]))
                return try await next.head().status == 200
            }
        }
    }

    @Test func `a broken connection leaves a session's call alone, deleting the session ends it`()
        async throws
    {
        let (events, input) = AsyncStream.makeStream(of: String.self)
        try await RunningServer.light(tools: [WaitTool(events: input)]) { server async throws in
            let session = "Mcp-Session-Id: \(try await Self.open(server))"
            let caller = try await server.connect()
            let call = RunningServer.call("wait", "{}", id: 2)
            try await caller.send(
                RunningServer.text("POST", "/mcp", ["Content-Type: application/json", session], body: call)
            )
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == "began")
            caller.close()
            let again = try await server.post("/mcp", call, [session, "Accept: application/json"])
            #expect(again.errorCode == -32600, "the first one is still in flight")
            #expect(try await server.request("DELETE", "/mcp", [session]).status == 204)
            #expect(await iterator.next() == "cancelled")
        }
    }

    @Test func `too many sessions are refused`() async throws {
        try await RunningServer.light(["SESSION_MAX": "3"]) { server async throws in
            for _ in 0..<3 { _ = try await Self.open(server) }
            let reply = try await server.post("/mcp", RunningServer.initialize())
            #expect(reply.status == 503)
            #expect(reply.errorCode == -32603)
        }
    }

    @Test func `an initialize that is refused opens no session`() async throws {
        try await RunningServer.light(["SESSION_MAX": "1"]) { server async throws in
            let faulty = #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#
            for _ in 0..<3 {
                let reply = try await server.post("/mcp", faulty)
                #expect(reply.errorCode == -32602)
                #expect(reply.fields["mcp-session-id"] == nil)
            }
            _ = try await Self.open(server)
        }
    }

    // MARK: 2026-07-28

    @Test func `a request is classified by its claim and its header`() async throws {
        let claim = "MCP-Protocol-Version: 2026-07-28"
        let rows: [(String, [String], Int, Int64?)] = [
            (Self.modern("initialize"), [claim, "Mcp-Method: initialize"], 404, -32601),
            (RunningServer.initialize(), [claim], 400, -32602),
            (RunningServer.initialize("2026-07-28"), [], 200, nil),
            (RunningServer.initialize("1999-01-01"), [], 200, nil),
            (Self.modern("tools/list"), ["Mcp-Method: tools/list"], 400, -32020),
            (
                Self.modern("tools/list"), ["MCP-Protocol-Version: 2025-06-18", "Mcp-Method: tools/list"],
                400, -32020
            ),
            (
                Self.modern("tools/list", version: "2099-01-01"), ["MCP-Protocol-Version: 2099-01-01"], 400,
                -32022
            ),
            (
                #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#, ["MCP-Protocol-Version: 2099-01-01"], 400,
                -32022
            ),
            (#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#, [], 400, -32600),
            (Self.modern("tools/list"), [claim, claim, "Mcp-Method: tools/list"], 400, -32020),
            (Self.modern("tools/list"), [claim], 400, -32020),
            (Self.modern("tools/list"), [claim, "Mcp-Method: tools/call"], 400, -32020),
            (Self.modern("tools/list"), [claim, "Mcp-Method: tools/list"], 200, nil),
            (Self.modern("tools/list"), [claim.lowercased(), "MCP-METHOD:   tools/list "], 200, nil),
            (Self.modern("ping"), [claim, "Mcp-Method: ping"], 404, -32601),
            (Self.modern("server/discover"), [claim, "Mcp-Method: server/discover"], 200, nil),
            (
                Self.modern("tools/call", #""name":"none""#),
                [claim, "Mcp-Method: tools/call", "Mcp-Name: none"], 400, -32602
            ),
            (Self.modern("tools/call", #""name":"echo""#), [claim, "Mcp-Method: tools/call"], 400, -32020),
            (
                Self.modern("tools/call", #""name":"echo""#),
                [claim, "Mcp-Method: tools/call", "Mcp-Name: ech"], 400, -32020
            ),
            (
                Self.modern("tools/call", #""name":"echo""#),
                [claim, "Mcp-Method: tools/call", "Mcp-Name: =?base64?ZWNobw==?="], 200, nil
            ),
            (
                #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#, [claim],
                202, nil
            ),
            (#"{"jsonrpc":"2.0","id":1,"result":{}}"#, [claim], 400, -32600),
            ("[\(Self.modern("tools/list"))]", [claim], 400, -32600),
            ("{", [claim], 400, -32700),
        ]
        try await RunningServer.light { server async throws in
            for (body, fields, status, code) in rows {
                let reply = try await server.post("/mcp", body, fields)
                #expect(reply.status == status, "\(body) \(fields)")
                #expect(reply.errorCode == code, "\(body) \(fields)")
            }
        }
    }

    @Test func `a 2026 answer is complete in itself and names no session`() async throws {
        try await RunningServer.light { server async throws in
            let fields = ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call", "Mcp-Name: echo"]
            let body = Self.modern("tools/call", #""name":"echo","arguments":{"text":"hi"}"#, id: 9)
            let reply = try await server.post("/mcp", body, fields + ["Mcp-Session-Id: whatever"])
            #expect(reply.status == 200)
            #expect(reply.fields["content-type"] == "application/json")
            #expect(reply.fields["mcp-session-id"] == nil)
            #expect(reply.json["id"] == 9)
            #expect(reply.json["result"]?["resultType"] == "complete")
            let stream = try await server.post("/mcp", body, fields + ["Accept: text/event-stream"])
            #expect(stream.fields["content-type"] == "text/event-stream")
            #expect(stream.text.contains(#""resultType":"complete""#))
        }
    }

    @Test func `a 2026 call that is silent for long is answered by a stream`() async throws {
        var times = RunningServer.times
        (times.silence, times.keepAlive) = (.milliseconds(20), .milliseconds(20))
        let (events, input) = AsyncStream.makeStream(of: String.self)
        let tools = [WaitTool(events: input)]
        try await RunningServer.light(tools: tools, times: times) { server async throws in
            let fields = [
                "Content-Type: application/json", "MCP-Protocol-Version: 2026-07-28",
                "Mcp-Method: tools/call",
                "Mcp-Name: wait",
            ]
            let caller = try await server.connect()
            let body = Self.modern("tools/call", #""name":"wait""#)
            try await caller.send(RunningServer.text("POST", "/mcp", fields, body: body))
            #expect(try await caller.head().fields["content-type"] == "text/event-stream")
            #expect(try await caller.chunk() == Array(": keep-alive\n\n".utf8))
            caller.close()
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == "began")
            #expect(await iterator.next() == "cancelled")
        }
    }

    @Test(arguments: ["", "Accept: text/event-stream", "Accept: application/json"])
    func `a 2026 call ends with its connection`(accept: String) async throws {
        let (events, input) = AsyncStream.makeStream(of: String.self)
        try await RunningServer.light(tools: [WaitTool(events: input)]) { server async throws in
            let fields = [
                "Content-Type: application/json", "MCP-Protocol-Version: 2026-07-28",
                "Mcp-Method: tools/call",
                "Mcp-Name: wait",
            ]
            let body = Self.modern("tools/call", #""name":"wait""#)
            let caller = try await server.connect()
            let all = fields + (accept.isEmpty ? [] : [accept])
            try await caller.send(RunningServer.text("POST", "/mcp", all, body: body))
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == "began")
            caller.close()
            #expect(await iterator.next() == "cancelled")
        }
    }
}
