// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
@testable import ContainerMCPHTTP
import Testing

@Suite struct ClientAddressTests {
    private func client(_ peer: String, _ fields: [(String, String)], trusting: String) throws -> String {
        let settings = try RunningServer.settings(trusting.isEmpty ? [:] : ["MCP_TRUSTED_PROXIES": trusting])
        var all = HeaderFields()
        for (name, value) in fields { all.append(name, value) }
        let head = RequestHead(
            method: "GET",
            path: "/",
            query: nil,
            isCurrent: true,
            fields: all,
            framing: .none
        )
        return ClientAddress(settings.server).client(of: head, over: Peer(address: peer, connection: 1))
            .address
    }

    @Test(arguments: [
        ("", "10.0.0.1", "203.0.113.9", "10.0.0.1"),
        ("10.0.0.0/8", "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        ("10.0.0.0/8", "local", "203.0.113.9", "local"),
        ("10.0.0.0/8", "10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", "::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1", "203.0.113.9,10.0.0.7 , 10.1.2.3", "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1", "10.0.0.9,10.0.0.7", "10.0.0.9"),
        ("10.0.0.0/8", "10.0.0.1", "203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.0/8,fd00::/8", "fd00::5", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.0/8", "10.0.0.1", "203.0.113.9, unknown", "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.1", "unknown, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1", "203.0.113.9,,", "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.1", "0x7f.1", "10.0.0.1"),
    ])
    func `only proxies that were named say whose request it is`(
        trusting: String,
        peer: String,
        header: String,
        expected: String
    ) throws {
        #expect(try client(peer, [("x-forwarded-for", header)], trusting: trusting) == expected)
    }

    @Test func `several lines are one list, and no other header counts`() throws {
        let lines = [("x-forwarded-for", "198.51.100.1"), ("x-forwarded-for", "203.0.113.9")]
        #expect(try client("10.0.0.1", lines, trusting: "10.0.0.1") == "203.0.113.9")
        let others = [
            ("forwarded", "for=203.0.113.9"), ("x-real-ip", "203.0.113.9"),
            ("x-forwarded-host", "203.0.113.9"),
        ]
        #expect(try client("10.0.0.1", others, trusting: "10.0.0.1") == "10.0.0.1")
    }

    @Test func `a long list is not followed to its end`() throws {
        let list = ["203.0.113.9"] + Array(repeating: "10.0.0.2", count: 5_000)
        let header = [("x-forwarded-for", list.joined(separator: ","))]
        #expect(try client("10.0.0.1", header, trusting: "10.0.0.0/8") == "10.0.0.2")
    }

    @Test func `the client behind a proxy is locked out, not the proxy`() async throws {
        let flags = ["MCP_AUTH_TOKEN": "0123456789abcdef", "MCP_TRUSTED_PROXIES": "127.0.0.1"]
        try await RunningServer.light(flags) { server async throws in
            func status(_ client: String, _ token: String) async throws -> Int {
                let fields = ["X-Forwarded-For: 192.0.2.99, \(client)", "Authorization: Bearer \(token)"]
                return try await server.request("POST", "/health", fields).status
            }
            for _ in 0..<10 { #expect(try await status("203.0.113.9", "wrong") == 401) }
            #expect(try await status("203.0.113.9", "0123456789abcdef") == 429)
            #expect(try await status("203.0.113.10", "0123456789abcdef") == 405)
        }
    }

    @Test func `without a named proxy the header changes nothing`() async throws {
        try await RunningServer.light(["MCP_AUTH_TOKEN": "0123456789abcdef"]) { server async throws in
            for number in 0..<10 {
                let fields = ["X-Forwarded-For: 203.0.113.\(number)", "Authorization: Bearer wrong"]
                #expect(try await server.request("POST", "/mcp", fields).status == 401)
            }
            let right = ["X-Forwarded-For: 203.0.113.77", "Authorization: Bearer 0123456789abcdef"]
            #expect(try await server.request("POST", "/mcp", right).status == 429)
        }
    }
}
