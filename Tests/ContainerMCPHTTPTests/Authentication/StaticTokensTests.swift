// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
@testable import ContainerMCPHTTP
import Testing

@Suite struct StaticTokensTests {
    private static let first = "first-0123456789abcdef"
    private static let second = "second-0123456789abcdef"

    private func subject(_ tokens: StaticTokens, _ token: String) -> String? {
        if case .accepted(let subject) = tokens.check(token) { subject.id } else { nil }
    }

    @Test func `each of several tokens opens, for whom it stands`() {
        let tokens = StaticTokens(
            [
                BearerToken(secret: SecretText(Self.first)),
                BearerToken(name: "alice", secret: SecretText(Self.second)),
            ],
            path: nil,
            logger: RunningServer.quiet
        )
        #expect(subject(tokens, Self.first) == "token")
        #expect(subject(tokens, Self.second) == "token:alice")
        for wrong in ["", Self.first + "x", String(Self.first.dropLast()), Self.second.uppercased()] {
            #expect(subject(tokens, wrong) == nil)
        }
    }

    @Test func `a file that changed is read again, and a broken one changes nothing`() throws {
        let folder = try TestFolder()
        let path = try folder.write("tokens", "bob \(Self.first)\n")
        let tokens = StaticTokens(try BearerTokenFile.read(path), path: path, logger: RunningServer.quiet)
        tokens.reload()
        #expect(subject(tokens, Self.first) == "token:bob")
        try folder.write("tokens", "# renewed\nbob \(Self.first)\nbob \(Self.second)\n")
        tokens.reload()
        #expect(subject(tokens, Self.first) == "token:bob" && subject(tokens, Self.second) == "token:bob")
        for broken in ["", "a b c\n", "bob short\n", String(repeating: "\(Self.first)\n", count: 17)] {
            try folder.write("tokens", broken)
            tokens.reload()
            #expect(subject(tokens, Self.second) == "token:bob")
        }
        folder.remove("tokens")
        tokens.reload()
        #expect(subject(tokens, Self.second) == "token:bob")
        try folder.write("tokens", "bob \(Self.second)\n")
        tokens.reload()
        #expect(subject(tokens, Self.first) == nil && subject(tokens, Self.second) == "token:bob")
    }

    @Test func `a running server takes a new token and drops an old one without a restart`() async throws {
        let folder = try TestFolder()
        let path = try folder.write("tokens", "\(Self.first)\n")
        try await RunningServer.light(["MCP_AUTH_TOKEN_FILE": path]) { server async throws in
            func version(_ token: String) async throws -> Bool {
                let reply = try await server.request("POST", "/health", ["Authorization: Bearer \(token)"])
                return reply.status == 405
            }
            #expect(try await version(Self.first))
            try folder.write("tokens", "\(Self.second)\n")
            try await Wait.until { try await !version(Self.first) }
            #expect(try await version(Self.second))
        }
    }
}
