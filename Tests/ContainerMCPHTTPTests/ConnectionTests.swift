// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import NIOCore
import Synchronization
import Testing

@Suite struct ConnectionTests {
    private static let json = "Content-Type: application/json"

    /// So long that only what never comes to an end is given up.
    private static var patient: ConnectionTimes {
        var times = RunningServer.times
        (times.head, times.body, times.idle) = (.seconds(300), .seconds(300), .seconds(300))
        return times
    }

    @Test func `requests on one connection are answered in order, however they come`() async throws {
        try await RunningServer.light(times: Self.patient) { server async throws in
            let connection = try await server.connect()
            let text = RunningServer.text("GET", "/health")
            try await connection.send(text + RunningServer.text("GET", "/nothing") + text)
            #expect(try await connection.reply().status == 200)
            #expect(try await connection.reply().status == 404)
            #expect(try await connection.reply().status == 200)
            let post = RunningServer.text("POST", "/mcp", [Self.json], body: RunningServer.initialize())
            for byte in post.utf8 { try await connection.send([byte]) }
            #expect(try await connection.reply().status == 200)
            try await connection.send(post + post)
            #expect(try await connection.reply().status == 200)
            #expect(try await connection.reply().status == 200)
        }
    }

    @Test func `a chunked body is read, and one that waits to be asked for is asked for`() async throws {
        try await RunningServer.light { server async throws in
            let body = RunningServer.initialize()
            let size = String(body.utf8.count, radix: 16)
            let connection = try await server.connect()
            let head = RunningServer.text("POST", "/mcp", [Self.json, "Transfer-Encoding: chunked"])
            try await connection.send(head + "\(size)\r\n\(body)\r\n0\r\n\r\n")
            #expect(try await connection.reply().status == 200)
            let fields = [Self.json, "Expect: 100-continue", "Content-Length: \(body.utf8.count)"]
            try await connection.send(RunningServer.text("POST", "/mcp", fields))
            #expect(try await connection.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try await connection.send(body)
            #expect(try await connection.reply().status == 200)
        }
    }

    @Test func `a client that ends its half still gets its answer`() async throws {
        try await RunningServer.light { server async throws in
            let connection = try await server.connect()
            try await connection.send(
                RunningServer.text("POST", "/mcp", [Self.json], body: RunningServer.initialize())
            )
            connection.endInput()
            #expect(try await connection.reply().status == 200)
            #expect(await connection.isClosedByServer())
        }
    }

    @Test func `a large answer reaches a slow reader whole also where the connection ends with it`()
        async throws
    {
        try await RunningServer.light { server async throws in
            let session = try #require(
                try await server.post("/mcp", RunningServer.initialize()).fields["mcp-session-id"]
            )
            let connection = try await RawConnection.connect(port: server.port, receiveBuffer: 4_096)
            let fields = [
                Self.json, "Mcp-Session-Id: \(session)", "Accept: application/json", "Connection: close",
            ]
            let call = RunningServer.call("echo", #"{"size":5000000}"#, id: 2)
            try await connection.send(RunningServer.text("POST", "/mcp", fields, body: call))
            let reply = try await connection.reply()
            #expect(reply.json["result"]?["structuredContent"]?["text"]?.stringValue?.utf8.count == 5_000_000)
            #expect(await connection.isClosedByServer())
        }
    }

    @Test(arguments: [
        ("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400),
        (
            "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400
        ),
        ("GET /health HTTP/1.1\r\nHost: localhost\r\nA: b\r\n c\r\n\r\n", 400),
        ("GET /health HTTP/1.1\nHost: localhost\n\n", 400),
        ("GET /health HTTP/1.1\r\nHost : localhost\r\n\r\n", 400),
        ("GET /health HTTP/3.0\r\nHost: localhost\r\n\r\n", 505),
        (
            "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1048577\r\n\r\n",
            413
        ),
        ("GET /\(String(repeating: "a", count: 10_000)) HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
        ("GET /\(String(repeating: "a", count: 10_000))", 414),
        ("GET / HTTP/1.1\r\nA: \(String(repeating: "a", count: 40_000))", 431),
        ("GET / HTTP/1.1\r\n\(String(repeating: "A: b\r\n", count: 10_000))\r\n", 431),
        (
            "POST /messages?session_id=x HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 99\r\n\r\n",
            415
        ),
    ])
    func `what can't be served is refused and the connection ends`(text: String, status: Int) async throws {
        try await RunningServer.light(["REQUEST_MAX_MB": "1"]) { server async throws in
            let connection = try await server.connect()
            try await connection.send(text)
            #expect(try await connection.reply().status == status)
            #expect(await connection.isClosedByServer())
        }
    }

    @Test func `a body that is too large is refused although the client goes on sending`() async throws {
        try await RunningServer.light(["REQUEST_MAX_MB": "1"]) { server async throws in
            let connection = try await server.connect()
            let chunk = "10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n"
            try await connection.send(
                RunningServer.text("POST", "/mcp", [Self.json, "Transfer-Encoding: chunked"])
            )
            for _ in 0..<40 { try await connection.send(chunk) }
            #expect(try await connection.reply().status == 413)
        }
    }

    @Test(arguments: [
        "", "GET /hea", "GET /health HTTP/1.1\r\nHost: localhost\r\n",
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{",
    ])
    func `a request that does not come to an end is given up`(text: String) async throws {
        var times = RunningServer.times
        (times.head, times.body, times.idle) = (.milliseconds(100), .milliseconds(100), .milliseconds(100))
        try await RunningServer.light(times: times) { server async throws in
            let connection = try await server.connect()
            try await connection.send(text)
            #expect(await connection.isClosedByServer())
        }
    }

    @Test func `five hundred half-open connections do not keep others out`() async throws {
        try await RunningServer.light(["CONNECTION_MAX": "200"], times: Self.patient) { server async throws in
            var half: [RawConnection] = []
            for _ in 0..<500 {
                let connection = try await server.connect()
                try await connection.send("GET /health HT")
                half.append(connection)
            }
            // None of them is given up for its own slowness here, so only one that made room lets this one
            // in.
            let reply = try await server.request("GET", "/health")
            #expect(reply.status == 200)
            let open = try #require(reply.json["connections"]?.int64Value)
            #expect(open <= 200)
            #expect(await half[0].isClosedByServer())
        }
    }

    @Test func `health is told without a token, details only with one`() async throws {
        let token = "0123456789abcdef"
        try await RunningServer.light(["MCP_AUTH_TOKEN": token]) { server async throws in
            let open = try await server.request("GET", "/health")
            #expect(open.status == 200)
            #expect(open.json == ["status": "ok", "live": true, "ready": true])
            let known = try await server.request("GET", "/health", ["Authorization: Bearer \(token)"])
            #expect(known.json["version"] != nil)
            #expect(try await server.request("GET", "/health", host: "evil.example").status == 421)
            #expect(try await server.request("GET", "/health", ["Origin: http://evil.example"]).status == 403)
            #expect(try await server.request("POST", "/health").status == 401)
        }
    }

    @Test(arguments: ["/sse", "/messages", "/mcp", "/nothing"])
    func `host, origin and token are checked on every path`(path: String) async throws {
        let refusals = Mutex<[String]>([])
        try await RunningServer.light(
            ["MCP_AUTH_TOKEN": "0123456789abcdef"],
            recordRefusal: { _, detail in refusals.withLock { $0.append(detail) } }
        ) { server async throws in
            #expect(try await server.request("GET", path, host: "evil.example").status == 421)
            #expect(try await server.request("GET", path, host: nil).status == 400)
            #expect(try await server.request("GET", path, ["Origin: null"]).status == 403)
            let bare = try await server.request("GET", path)
            #expect(bare.status == 401)
            #expect(bare.fields["www-authenticate"] == "Bearer")
            let wrong = try await server.request("GET", path, ["Authorization: Bearer wrong"])
            #expect(wrong.status == 401)
            #expect(wrong.fields["www-authenticate"] == #"Bearer error="invalid_token""#)
            #expect(try await server.request("GET", "\(path)?token=0123456789abcdef").status == 401)
            let right = try await server.request("DELETE", path, ["Authorization: Bearer 0123456789abcdef"])
            #expect(right.status == (path == "/nothing" ? 404 : path == "/mcp" ? 400 : 405))
        }
        #expect(refusals.withLock(\.count) == 6)
        #expect(refusals.withLock { !$0.joined().contains("0123456789abcdef") })
    }

    @Test func `who fails too often has to wait, also with the right token`() async throws {
        try await RunningServer.light(["MCP_AUTH_TOKEN": "0123456789abcdef"]) { server async throws in
            for _ in 0..<10 { #expect(try await server.request("GET", "/sse").status == 401) }
            #expect(try await server.request("GET", "/sse").status == 429)
            let right = ["Authorization: Bearer 0123456789abcdef"]
            let reply = try await server.request("GET", "/mcp", right)
            #expect(reply.status == 429)
            #expect(reply.fields["retry-after"] == "60")
            #expect(try await server.request("GET", "/health").status == 200)
        }
    }

    @Test(arguments: [
        ("text/plain", 415), ("application/jsonx", 415), ("multipart/form-data; boundary=x", 415), ("", 415),
        ("application/json", 200), ("application/json; charset=utf-8", 200), ("Application/JSON", 200),
    ])
    func `only JSON is taken`(type: String, status: Int) async throws {
        try await RunningServer.light { server async throws in
            let fields = type.isEmpty ? [] : ["Content-Type: \(type)"]
            #expect(
                try await server.request("POST", "/mcp", fields, body: RunningServer.initialize()).status
                    == status
            )
            let repeated = ["Content-Type: application/json", "Content-Type: application/json"]
            #expect(try await server.request("POST", "/mcp", repeated, body: "{}").status == 415)
            let packed = ["Content-Type: application/json", "Content-Encoding: gzip"]
            #expect(try await server.request("POST", "/mcp", packed, body: "{}").status == 415)
        }
    }
}
