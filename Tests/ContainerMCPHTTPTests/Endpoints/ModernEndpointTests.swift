// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import NIOCore
import Testing

@Suite struct ModernEndpointTests {
    private static let news = #""progressToken":"p","io.modelcontextprotocol/logLevel":"info""#

    private static func fields(_ method: String, _ name: String?, _ accept: String?) -> [String] {
        [
            "Content-Type: application/json", "MCP-Protocol-Version: 2026-07-28", "Mcp-Method: \(method)",
            name.map { "Mcp-Name: \($0)" }, accept.map { "Accept: \($0)" },
        ].compactMap(\.self)
    }

    private static func body(_ method: String, _ params: String, meta: String, id: String) -> String {
        let more = meta.isEmpty ? "" : "," + meta
        return """
            {"jsonrpc":"2.0","id":\(id),"method":"\(method)","params":{\(params),"_meta":{\
            "io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}\
            \(more)}}}
            """
    }

    private static func script(
        _ server: RunningServer,
        _ script: String,
        meta: String = news,
        accept: String? = nil,
        receiveBuffer: Int32? = nil
    ) async throws -> RawConnection {
        let connection = try await RawConnection.connect(port: server.port, receiveBuffer: receiveBuffer)
        let params = #""name":"script","arguments":{"script":"\#(script)"}"#
        let body = body("tools/call", params, meta: meta, id: "1")
        let fields = fields("tools/call", "script", accept) + ["Mcp-Session-Id: x", "Last-Event-ID: p1.0-0"]
        try await connection.send(RunningServer.text("POST", "/mcp", fields, body: body))
        return connection
    }

    private static func listen(_ server: RunningServer, accept: String? = nil, id: String = "1") async throws
        -> RawConnection
    {
        let connection = try await server.connect()
        let filter = #""notifications":{"toolsListChanged":true}"#
        let body = body("subscriptions/listen", filter, meta: "", id: id)
        let fields = fields("subscriptions/listen", nil, accept)
        try await connection.send(RunningServer.text("POST", "/mcp", fields, body: body))
        return connection
    }

    // MARK: Calls

    @Test func `the first thing that was asked for makes the answer a stream`() async throws {
        try await RunningServer.scripted { server, gates, _ in
            let caller = try await Self.script(server, "progress:1 wait:end log:a")
            let head = try await caller.read(through: "\r\n\r\n")
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
            let first = String(decoding: try #require(try await caller.chunk()), as: UTF8.self)
            #expect(
                first.hasPrefix(#"event: message\#ndata: {"jsonrpc":"2.0","method":"notifications/progress""#)
            )
            gates.open("end")
            let rest = try await caller.rawEvents()
            #expect(rest.map { $0.json["method"] ?? $0.json["id"] } == ["notifications/message", 1])
            #expect(rest.allSatisfy { $0.id == nil && $0.retry == nil && $0.name == "message" })
            #expect(rest.last?.json["result"]?["resultType"] == "complete")
        }
    }

    @Test(arguments: ["", #""progressToken":"p""#, #""io.modelcontextprotocol/logLevel":"error""#])
    func `what was not asked for leaves the answer JSON`(meta: String) async throws {
        try await RunningServer.scripted { server, _, _ in
            let reply = try await Self.script(server, "log:a break", meta: meta).reply()
            #expect(reply.status == 200)
            #expect(reply.fields["content-type"] == "application/json")
            #expect(reply.fields["mcp-session-id"] == nil)
            #expect(reply.json["id"] == 1)
        }
    }

    @Test func `a client that takes only JSON gets JSON`() async throws {
        try await RunningServer.scripted { server, _, _ in
            let reply = try await Self.script(server, "progress:1 log:a", accept: "application/json").reply()
            #expect(reply.fields["content-type"] == "application/json")
            #expect(reply.json["result"]?["isError"] == false)
        }
    }

    @Test func `a client that takes only events gets the answer as one`() async throws {
        try await RunningServer.scripted { server, _, _ in
            let reply = try await Self.script(server, "", accept: "text/event-stream").reply()
            #expect(reply.status == 200)
            #expect(reply.fields["content-type"] == "text/event-stream")
            #expect(reply.text.hasPrefix("event: message\ndata: {"))
        }
    }

    @Test func `a client that hangs up in the middle of a stream cancels its call`() async throws {
        try await RunningServer.scripted { server, _, words in
            let caller = try await Self.script(server, "progress:1 wait:never")
            #expect(try await caller.head().status == 200)
            #expect(try await caller.rawEvent() != nil)
            caller.close()
            var iterator = words.makeAsyncIterator()
            #expect(await iterator.next() == "cancelled")
        }
    }

    @Test func `a reader of a stream that takes nothing is dropped, and its call cancelled`() async throws {
        var times = ConnectionTimes()
        times.stall = .milliseconds(300)
        try await RunningServer.scripted(times: times) { server, _, words in
            let script = "logs:120x60000 wait:never"
            let caller = try await Self.script(server, script, receiveBuffer: 4_096)
            #expect(try await caller.head().status == 200)
            var iterator = words.makeAsyncIterator()
            #expect(await iterator.next() == "cancelled")
            #expect(await caller.isClosedByServer())
        }
    }

    // MARK: Subscriptions

    @Test(arguments: ["7", #""s1""#, "0"])
    func `a stream of changes is acknowledged first, and tells what changes`(id: String) async throws {
        try await RunningServer.scripted { server, _, _ in
            let stream = try await Self.listen(server, id: id)
            let head = try await stream.head()
            #expect(head.status == 200)
            #expect(head.fields["content-type"] == "text/event-stream")
            let expected = try JSONValue(parsing: id)
            func subscription(_ event: RawEvent?) -> JSONValue? {
                event?.json["params"]?["_meta"]?["io.modelcontextprotocol/subscriptionId"]
            }
            let first = try await stream.rawEvent()
            #expect(first?.json["method"] == "notifications/subscriptions/acknowledged")
            #expect(subscription(first) == expected)
            for _ in 0..<3 {
                server.changes.publish(.tools)
                let event = try await stream.rawEvent()
                #expect(event?.json["method"] == "notifications/tools/list_changed")
                #expect(subscription(event) == expected)
                #expect(event?.id == nil)
            }
        }
    }

    @Test func `a stream of changes can't be had as JSON`() async throws {
        try await RunningServer.scripted { server, _, _ in
            let reply = try await Self.listen(server, accept: "application/json", id: #""s1""#).reply()
            #expect(reply.status == 406)
            #expect(reply.errorCode == -32600)
            #expect(reply.json["id"] == "s1")
        }
    }

    @Test func `a silent stream of changes is kept open by comments`() async throws {
        var times = ConnectionTimes()
        times.keepAlive = .milliseconds(20)
        try await RunningServer.scripted(times: times) { server, _, _ in
            let stream = try await Self.listen(server)
            _ = try await stream.head()
            _ = try await stream.rawEvent()
            #expect(try await stream.chunk() == Array(": keep-alive\n\n".utf8))
        }
    }

    @Test func `a server that stops ends its streams of changes with a result`() async throws {
        try await RunningServer.scripted { server, _, _ in
            let streams = [try await Self.listen(server), try await Self.listen(server, id: #""b""#)]
            for stream in streams {
                _ = try await stream.head()
                #expect(try await stream.rawEvent() != nil)
            }
            server.http.stop()
            for (stream, id) in zip(streams, [1, "b"] as [JSONValue]) {
                let last = try #require(try await stream.rawEvent())
                #expect(last.json["id"] == id)
                let result = last.json["result"]
                #expect(result?["resultType"] == "complete")
                #expect(result?["_meta"]?["io.modelcontextprotocol/subscriptionId"] == id)
                #expect(await stream.isClosedByServer())
            }
        }
    }
}
