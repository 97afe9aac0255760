// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import Synchronization
import Testing

@Suite struct SessionStoreTests {
    private let clock = Clock()
    private static let ann = Subject(id: "ann", isAuthenticated: true)

    private func store(limit: Int = 2) throws -> (SessionStore, @Sendable (SessionID) -> ChannelServer) {
        let host = ToolHost(
            registry: ToolRegistry(),
            policy: PolicyEngine(settings: PolicySettings()),
            audit: nil,
            limits: try RunningServer.settings([:]).limits,
            mechanism: "none",
            logger: RunningServer.quiet
        )
        let service = MCPService(host: host, name: "test", version: "1", instructions: nil)
        let store = SessionStore(limit: limit, idle: .seconds(60), tag: "r1") { [clock] in clock.now }
        return (
            store,
            { id in ChannelServer(service: service, subject: Self.ann, session: id.short) { _ in } }
        )
    }

    private final class Clock: Sendable {
        private let time = Mutex(ContinuousClock.now)

        var now: ContinuousClock.Instant { time.withLock { $0 } }

        func advance(_ duration: Duration) {
            time.withLock { $0 += duration }
        }
    }

    @Test func `a session is found by its owner, in its kind, and by nobody else`() async throws {
        let (store, make) = try store()
        let session = try #require(await store.open(.streamable, for: Self.ann, make))
        #expect(store.use(session.id.text, .streamable, by: Self.ann) != nil)
        #expect(store.use(session.id.text, .channel, by: Self.ann) == nil)
        #expect(store.use(session.id.text, .streamable, by: .anonymous) == nil)
        #expect(store.use(session.id.short, .streamable, by: Self.ann) == nil)
        #expect(store.use("", .streamable, by: Self.ann) == nil)
    }

    @Test func `identifiers are long, random, tagged, and shown in part`() throws {
        let all = (0..<1_000).map { _ in SessionID(tag: "r1") }
        #expect(Set(all.map(\.text)).count == 1_000)
        for id in all {
            #expect(id.text.utf8.count == 3 + 32)
            #expect(id.text.hasPrefix("r1-"))
            #expect("\(id)".utf8.count == 3 + 8)
        }
    }

    @Test func `a full store refuses until a session ends or expires`() async throws {
        let (store, make) = try store()
        let first = try #require(await store.open(.streamable, for: Self.ann, make))
        let second = try #require(await store.open(.streamable, for: Self.ann, make))
        #expect(await store.open(.streamable, for: Self.ann, make) == nil)
        clock.advance(.seconds(3_600))
        #expect(await store.open(.streamable, for: Self.ann, make) == nil)
        store.endUse(first)
        clock.advance(.seconds(60))
        #expect(await store.open(.streamable, for: Self.ann, make) != nil)
        #expect(store.use(first.id.text, .streamable, by: Self.ann) == nil)
        await store.remove(second)
        #expect(store.count == 1)
        #expect(await store.open(.streamable, for: Self.ann, make) != nil)
    }

    @Test func `what nothing uses expires, what is in use does not`() async throws {
        let (store, make) = try store()
        let idle = try #require(await store.open(.streamable, for: Self.ann, make))
        let busy = try #require(await store.open(.streamable, for: Self.ann, make))
        store.endUse(idle)
        clock.advance(.seconds(61))
        await store.removeExpired()
        #expect(store.use(idle.id.text, .streamable, by: Self.ann) == nil)
        #expect(store.use(busy.id.text, .streamable, by: Self.ann) != nil)
    }

    @Test func `a closed store opens nothing`() async throws {
        let (store, make) = try store()
        _ = await store.open(.streamable, for: Self.ann, make)
        await store.closeAll()
        #expect(store.count == 0)
        #expect(await store.open(.streamable, for: Self.ann, make) == nil)
    }
}
