// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import ContainerMCPCore
import Synchronization
import Testing

@Suite struct DoorTests {
    private static let peer = Peer(address: "192.0.2.7", connection: 1)

    private static func head(_ fields: [(String, String)], method: String = "POST") -> RequestHead {
        var all = HeaderFields()
        for (name, value) in fields { all.append(name, value) }
        return RequestHead(
            method: method,
            path: "/mcp",
            query: nil,
            isCurrent: true,
            fields: all,
            framing: .none
        )
    }

    private static func status(
        _ fields: [(String, String)],
        _ flags: [String: String] = [:],
        method: String = "POST"
    ) throws -> Int {
        switch try door(flags).check(head(fields, method: method), from: peer, isOpen: false) {
        case .passed: return 200
        case .refused(let reply, _): return reply.status
        case .later: return 0
        }
    }

    private static func door(_ flags: [String: String]) throws -> Door {
        let settings = try RunningServer.settings(flags)
        return Door(
            settings,
            authentication: try Authentication(settings, logger: RunningServer.quiet),
            attempts: FailedAttempts()
        )
    }

    @Test(arguments: [
        ("127.0.0.1", 200), ("127.0.0.1:8000", 200), ("localhost", 200), ("LOCALHOST:1", 200), ("[::1]", 200),
        ("[::1]:99", 200), ("example.com", 421), ("127.0.0.1.example.com", 421), ("localhost.", 421),
        ("127.0.0.1:80:80", 400), ("127.0.0.1:", 200), ("127.0.0.1:x", 400), ("", 400), ("[::1", 400),
        ("[::1]x", 400),
        ("a b", 400), ("user@127.0.0.1", 400), ("127.0.0.1/", 400), ("localhost:8000,evil", 400),
    ])
    func `only known host names are served on loopback`(host: String, status: Int) throws {
        #expect(try Self.status([("host", host)]) == status)
    }

    @Test func `a host that is missing or repeated is refused`() throws {
        #expect(try Self.status([]) == 400)
        #expect(try Self.status([("host", "localhost"), ("host", "localhost")]) == 400)
    }

    @Test func `a host name that the operator chose is served`() throws {
        #expect(try Self.status([("host", "box.example")], ["MCP_ALLOWED_HOSTS": "box.example"]) == 200)
        #expect(try Self.status([("host", "other.example")], ["MCP_ALLOWED_HOSTS": "box.example"]) == 421)
    }

    @Test(arguments: [
        ("http://localhost:3000", 200), ("http://127.0.0.1", 200), ("https://[::1]:8443", 200), ("null", 403),
        ("https://example.com", 403), ("http://localhost.example.com", 403), ("http://localhost:3000x", 403),
        ("http://localhost:3000/", 403), ("http://127.0.0.1:80@evil.example", 403), ("", 403),
        ("localhost", 403),
        ("http://localhost:", 403), ("file://", 403), ("http://localhost:123456", 403),
        ("HTTP://LOCALHOST", 403),
    ])
    func `only pages of this machine may call by default`(origin: String, status: Int) throws {
        #expect(try Self.status([("host", "localhost"), ("origin", origin)]) == status)
    }

    @Test func `chosen origins are compared exactly and repeated ones refused`() throws {
        let flags = ["MCP_ALLOWED_ORIGINS": "https://app.example"]
        let host = ("host", "localhost")
        #expect(try Self.status([host, ("origin", "https://app.example")], flags) == 200)
        #expect(try Self.status([host, ("origin", "https://app.example:444")], flags) == 403)
        #expect(try Self.status([host, ("origin", "http://app.example")], flags) == 403)
        #expect(try Self.status([host, ("origin", "http://localhost:1")], flags) == 403)
        #expect(
            try Self.status(
                [host, ("origin", "https://app.example"), ("origin", "https://app.example")],
                flags
            ) == 403
        )
    }

    @Test func `pages are answered only where the operator chose origins`() throws {
        let head = Self.head([("host", "localhost"), ("origin", "http://localhost:1")])
        let silent = try Self.door([:])
        #expect(silent.crossOriginFields(head) == [])
        let flags = ["MCP_ALLOWED_ORIGINS": "http://localhost:*"]
        let open = try Self.door(flags)
        #expect(open.crossOriginFields(head).map(\.name).contains("access-control-allow-origin"))
        #expect(open.crossOriginFields(Self.head([("host", "localhost"), ("origin", "http://evil")])) == [])
        let preflight = [
            ("host", "localhost"), ("origin", "http://localhost:1"),
            ("access-control-request-method", "POST"),
        ]
        #expect(try Self.status(preflight, flags, method: "OPTIONS") == 204)
        #expect(try Self.status(preflight, [:], method: "OPTIONS") == 200)
    }

    @Test(arguments: [
        ("Bearer 0123456789abcdef", 200), ("bearer  0123456789abcdef", 200), ("Bearer 0123456789abcdeF", 401),
        ("Bearer ", 400), ("Bearer", 400), ("Basic 0123456789abcdef", 401), ("0123456789abcdef", 401),
        ("Bearer 0123456789abcdef x", 400), ("Bearer 0123456789abcde", 401),
        ("Bearer x0123456789abcdef", 401),
    ])
    func `only the token itself opens`(authorization: String, status: Int) throws {
        let fields = [("host", "localhost"), ("authorization", authorization)]
        #expect(try Self.status(fields, ["MCP_AUTH_TOKEN": "0123456789abcdef"]) == status)
    }

    @Test func `after ten failures a peer has to wait, and nobody else`() throws {
        let time = Mutex(ContinuousClock.now)
        let attempts = FailedAttempts { time.withLock { $0 } }
        for _ in 0..<10 {
            #expect(attempts.mayTry("a"))
            attempts.failed("a")
        }
        #expect(!attempts.mayTry("a"))
        #expect(attempts.mayTry("b"))
        time.withLock { $0 += .seconds(60) }
        #expect(attempts.mayTry("a"))
    }

    @Test func `a repeated header is malformed, and that is no failed attempt`() throws {
        let door = try Self.door(["MCP_AUTH_TOKEN": "0123456789abcdef"])
        let field = ("authorization", "Bearer 0123456789abcdef")
        for _ in 0..<20 {
            let verdict = door.check(
                Self.head([("host", "localhost"), field, field]),
                from: Self.peer,
                isOpen: false
            )
            guard case .refused(let reply, _) = verdict else {
                Issue.record("it passed")
                return
            }
            #expect(reply.status == 400)
            #expect(
                reply.fields.contains(
                    HeaderFields.Field(name: "www-authenticate", value: #"Bearer error="invalid_request""#)
                )
            )
        }
    }

    @Test func `a subscriber of IPv6 is one peer, however many addresses it has`() {
        let attempts = FailedAttempts()
        for number in 0..<10 { attempts.failed("2001:db8:1:2::\(number)") }
        #expect(!attempts.mayTry("2001:db8:1:2:ffff::1"))
        #expect(attempts.mayTry("2001:db8:1:3::1"))
        for _ in 0..<10 { attempts.failed("::ffff:192.0.2.1") }
        #expect(attempts.mayTry("::ffff:192.0.2.2"))
    }

    @Test func `the memory of failures is bounded`() {
        let attempts = FailedAttempts(limit: 1)
        for number in 0..<20_000 { attempts.failed("peer \(number)") }
        #expect(!attempts.mayTry("peer 19999"))
        #expect(attempts.mayTry("peer 0"))
        #expect(attempts.count == FailedAttempts.peerLimit)
    }

    @Test func `what is over is forgotten`() {
        let time = Mutex(ContinuousClock.now)
        let attempts = FailedAttempts { time.withLock { $0 } }
        for number in 0..<100 { attempts.failed("peer \(number)") }
        time.withLock { $0 += .seconds(60) }
        attempts.failed("last")
        #expect(attempts.count == 1)
    }
}
