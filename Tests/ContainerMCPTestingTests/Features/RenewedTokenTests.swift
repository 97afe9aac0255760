// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPSandbox
import ContainerMCPTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct RenewedTokenTests {
    private func subject(_ scopes: Set<Scope>?) -> Subject {
        Subject(id: "issuer#alice", isAuthenticated: true, scopes: scopes)
    }

    private func server(_ scopes: Set<Scope>?) throws -> ChannelServer {
        let fixture = try HostFixture(ProcessOutcome(ending: .exited(0)))
        let service = MCPService(host: fixture.host, name: "test", version: "1", instructions: nil)
        return ChannelServer(service: service, subject: subject(scopes), session: "s") { _ in }
    }

    @Test func `a token with fewer scopes does not speak in a conversation, and is told what it lacks`()
        async throws
    {
        let server = try server([.read, .files, .exec])
        #expect(await server.adopt(subject([])) == [.read, .files, .exec])
        #expect(await server.adopt(subject([.files, .web])) == [.read, .exec])
        // Nothing was taken over by the refusals.
        #expect(await server.adopt(subject([.read, .files, .exec])).isEmpty)
    }

    @Test func `a token with further scopes widens a conversation for good`() async throws {
        let server = try server([.read])
        #expect(await server.adopt(subject([.read, .exec])).isEmpty)
        #expect(await server.adopt(subject([.read])) == [.exec])
    }

    @Test func `where tokens know no scopes, nothing is held to any`() async throws {
        let server = try server(nil)
        #expect(await server.adopt(subject(nil)).isEmpty)
    }
}
