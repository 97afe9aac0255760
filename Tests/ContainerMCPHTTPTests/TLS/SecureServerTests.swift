// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import NIOCore
import NIOSSL
import Testing

@Suite struct SecureServerTests {
    private let folder: TestFolder
    private let authority: TestAuthority

    init() throws {
        folder = try TestFolder()
        authority = try TestAuthority()
    }

    private func flags(_ issued: TestAuthority.Issued) throws -> [String: String] {
        [
            "MCP_TLS_CERT": try folder.write("cert.pem", issued.pem + "\n" + authority.pem),
            "MCP_TLS_KEY": try folder.write("key.pem", issued.key),
        ]
    }

    @Test func `requests are answered over TLS, several on one connection`() async throws {
        try await SecureServer.run(try flags(try authority.certificate())) { server async throws in
            #expect(server.place.base == "https://127.0.0.1:\(server.port)")
            let connection = try await SecureConnection.connect(port: server.port, trusting: authority) {
                $0.applicationProtocols = ["h2", "http/1.1"]
            }
            #expect(connection.protocolName == "http/1.1")
            for _ in 0..<3 {
                try await connection.send(RunningServer.text("GET", "/health"))
                #expect(try await connection.reply().json["live"] == true)
            }
            try await connection.send(RunningServer.text("GET", "/health", ["Connection: close"]))
            #expect(try await connection.reply().status == 200)
            try await connection.waitForEnd()
        }
    }

    @Test(arguments: [(TLSVersion.tlsv12, true), (.tlsv13, true), (.tlsv11, false), (.tlsv1, false)])
    func `only TLS 1.2 and later are spoken`(version: TLSVersion, isSpoken: Bool) async throws {
        try await SecureServer.run(try flags(try authority.certificate())) { server async throws in
            let connection = try? await SecureConnection.connect(port: server.port, trusting: authority) {
                $0.minimumTLSVersion = version
                $0.maximumTLSVersion = version
            }
            #expect((connection != nil) == isSpoken)
            connection?.close()
        }
    }

    @Test(arguments: [
        "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "\u{16}\u{3}\u{1}\u{0}\u{5}hello",
        "\r\n\r\n\r\n\r\n",
    ])
    func `what is no TLS ends the connection`(text: String) async throws {
        try await SecureServer.run(try flags(try authority.certificate())) { server async throws in
            let connection = try await RawConnection.connect(port: server.port)
            defer { connection.close() }
            try await connection.send(text)
            #expect(await connection.isClosedByServer())
        }
    }

    @Test func `a handshake that does not end is ended`() async throws {
        let flags = try flags(try authority.certificate())
        try await SecureServer.run(flags, handshakeTime: .milliseconds(100)) { server async throws in
            let silent = try await RawConnection.connect(port: server.port)
            let half = try await RawConnection.connect(port: server.port)
            defer {
                silent.close()
                half.close()
            }
            try await half.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])
            #expect(await silent.isClosedByServer())
            #expect(await half.isClosedByServer())
        }
    }

    @Test func `half-open handshakes count among the connections, and old ones make room`() async throws {
        var flags = try flags(try authority.certificate())
        flags["CONNECTION_MAX"] = "4"
        // Nothing but the need for room ends a handshake here.
        try await SecureServer.run(flags, handshakeTime: .minutes(5)) { server async throws in
            let (ends, input) = AsyncStream.makeStream(of: Bool.self)
            for _ in 0..<8 {
                let connection = try await RawConnection.connect(port: server.port)
                try await connection.send([0x16, 0x03, 0x01])
                Task {
                    input.yield(await connection.isClosedByServer())
                    connection.close()
                }
            }
            let connection = try await SecureConnection.connect(port: server.port, trusting: authority)
            try await connection.send(RunningServer.text("GET", "/health"))
            #expect(try await connection.reply().status == 200)
            var iterator = ends.makeAsyncIterator()
            for _ in 0..<5 { #expect(await iterator.next() == true) }
            connection.close()
        }
    }

    @Test func `files that can't be used stop the start`() async throws {
        let (one, other) = (try authority.certificate(), try authority.certificate())
        var flags = try flags(one)
        flags["MCP_TLS_KEY"] = try folder.write("other.pem", other.key)
        #expect(throws: MCPHTTPServerFailure.self) { try RunningServer.http(flags) }
        flags["MCP_TLS_KEY"] = folder.path + "/none"
        do {
            _ = try RunningServer.http(flags)
            Issue.record("it was taken")
        } catch let failure as MCPHTTPServerFailure {
            #expect(failure.code == .badCertificate && failure.description.contains("MCP_TLS_KEY"))
        }
    }
}
