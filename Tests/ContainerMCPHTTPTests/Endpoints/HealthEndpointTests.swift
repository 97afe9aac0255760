// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import Testing

@Suite struct HealthEndpointTests {
    private static func health(hasStarted: Bool) -> (HealthEndpoint, SessionStore) {
        let sessions = SessionStore(limit: 1, idle: .seconds(1), tag: nil)
        let connections = ConnectionTable(limit: 1)
        let health = HealthEndpoint(sessions: sessions, connections: connections, hasStarted: { hasStarted })
        return (health, sessions)
    }

    private static func json(_ reply: HTTPReply) throws -> JSONValue {
        try JSONValue(parsing: reply.body)
    }

    @Test func `a server that has started is ready, one that starts only lives`() throws {
        let ready = Self.health(hasStarted: true).0.reply(showsDetails: false)
        #expect(ready.status == 200)
        #expect(try Self.json(ready) == ["status": "ok", "live": true, "ready": true])
        let starting = Self.health(hasStarted: false).0.reply(showsDetails: false)
        #expect(starting.status == 503)
        #expect(try Self.json(starting) == ["status": "starting", "live": true, "ready": false])
    }

    @Test func `a server that stops is not ready`() async throws {
        let (health, sessions) = Self.health(hasStarted: true)
        await sessions.closeAll()
        let reply = health.reply(showsDetails: true)
        #expect(reply.status == 503)
        #expect(try Self.json(reply)["status"] == "stopping")
        #expect(try Self.json(reply)["sessions"] == 0)
    }
}
