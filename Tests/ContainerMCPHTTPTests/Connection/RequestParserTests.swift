// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import Testing

@Suite struct RequestParserTests {
    private static func events(_ parts: [[UInt8]], limits: RequestParser.Limits = .init()) throws
        -> [RequestParser.Event]
    {
        var parser = RequestParser(limits: limits)
        var events: [RequestParser.Event] = []
        var body: [UInt8] = []
        for part in parts {
            var input = part[...]
            while let event = try parser.next(&input) {
                // How a body is cut depends on how it came.
                if case .body(let bytes) = event {
                    body += bytes
                } else {
                    if !body.isEmpty { events.append(.body(body[...])) }
                    body = []
                    events.append(event)
                }
            }
            #expect(input.isEmpty)
        }
        return events
    }

    private static func fault(_ text: String, limits: RequestParser.Limits = .init()) -> RequestFault? {
        do {
            _ = try events([Array(text.utf8)], limits: limits)
            return nil
        } catch {
            return error as? RequestFault
        }
    }

    @Test func `a request is read`() throws {
        let text = "POST /mcp?a=1 HTTP/1.1\r\nHost: x\r\nX-Two:  b c \r\nContent-Length: 3\r\n\r\nabc"
        let events = try Self.events([Array(text.utf8)])
        guard case .head(let head) = events.first else { throw RawConnection.Failure(description: "no head") }
        #expect(head.method == "POST")
        #expect(head.path == "/mcp")
        #expect(head.parameter("a") == "1")
        #expect(head.fields.values("x-two") == ["b c"])
        #expect(head.framing == .length(3))
        #expect(head.keepsAlive)
        #expect(events.dropFirst() == [.body(Array("abc".utf8)[...]), .end])
    }

    @Test func `requests read the same however their bytes are cut`() throws {
        let text = """
            POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n10\r\n0123456789abcdef\r\n\
            0\r\nTrailer: t\r\n\r\n\r\nGET /b HTTP/1.1\r\nHost: y\r\n\r\nPOST /c HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi
            """
        let bytes = Array(text.utf8)
        let whole = try Self.events([bytes])
        #expect(whole.count == 8)
        #expect(try Self.events(bytes.map { [$0] }) == whole)
        for cut in bytes.indices {
            #expect(try Self.events([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole)
        }
    }

    @Test(arguments: [
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n 1\r\na\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\na\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost\r\n\r\n",
        "GET / HTTP/1.1\r\n: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n",
        "GET / HTTP/1.1\nHost: x\n\n",
        "GET / HTTP/1.1\r\nHost: x\ry\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\u{0}y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\u{7F}y\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /  HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /\tHTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
        "GET / http/1.1\r\nHost: x\r\n\r\n",
        "GET /\r\nHost: x\r\n\r\n",
        "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET x HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /#a HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /ä HTTP/1.1\r\nHost: x\r\n\r\n",
        "G(T / HTTP/1.1\r\nHost: x\r\n\r\n",
        "get / HTTP/1.1\r\nHost: x\r\n\r\n",
        "\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "\u{16}\u{3}\u{1}hello",
    ])
    func `a request that could be read in two ways is refused`(text: String) throws {
        guard case .malformed = Self.fault(text) else {
            Issue.record("not refused: \(text.debugDescription)")
            return
        }
    }

    @Test func `what is too large has a status of its own`() {
        let long = String(repeating: "a", count: 9_000)
        let wide = String(repeating: "a", count: 33_000)
        let many = (0..<101).map { "A\($0): b\r\n" }.joined()
        let some = (0..<100).map { "A\($0): b\r\n" }.joined()
        let small = RequestParser.Limits(body: 10)
        #expect(Self.fault("GET /\(long) HTTP/1.1\r\nHost: x\r\n\r\n") == .targetTooLong)
        #expect(Self.fault("GET /\(long)") == .targetTooLong)
        #expect(Self.fault("GET / HTTP/1.1\r\nA: \(wide)\r\n\r\n") == .headTooLarge)
        #expect(Self.fault("GET / HTTP/1.1\r\nA: \(wide)") == .headTooLarge)
        #expect(Self.fault("GET / HTTP/1.1\r\n\(many)\r\n") == .headTooLarge)
        #expect(Self.fault("GET / HTTP/1.1\r\n\(some)\r\n") == nil)
        #expect(Self.fault("POST / HTTP/1.1\r\nContent-Length: 9999999999999999999\r\n\r\n") == .bodyTooLarge)
        let chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(Self.fault(chunked + "fffffffffffffffff\r\n", limits: small) == .bodyTooLarge)
        #expect(Self.fault(chunked + "6\r\nabcdef\r\n5\r\n", limits: small) == .bodyTooLarge)
        #expect(Self.fault(chunked + "0\r\nA: \(wide)\r\n\r\n", limits: small) == .headTooLarge)
        #expect(Self.fault("GET / HTTP/2.0\r\nHost: x\r\n\r\n") == .versionNotSupported)
        #expect(Self.fault("GET / HTTP/1.1\r\nExpect: a cake\r\n\r\n") == .expectationNotMet)
    }

    @Test func `nothing is read after a fault`() throws {
        var parser = RequestParser()
        var input = Array("nonsense".utf8)[...]
        #expect(throws: RequestFault.self) { try parser.next(&input) }
        var more = Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)[...]
        #expect(try parser.next(&more) == nil)
        #expect(more.isEmpty)
    }
}
