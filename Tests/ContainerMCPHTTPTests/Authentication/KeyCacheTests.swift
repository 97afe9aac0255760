// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import Synchronization
import Testing

@Suite struct KeyCacheTests {
    /// A source whose answers and clock are the test's.
    private final class Source: Sendable {
        let clock = TestClock()
        let isUp = Mutex(true)
        /// Keys do not come until this is over.
        let isHeld = Mutex(false)
        let cacheControl = Mutex<String?>(nil)
        let loads = Mutex(0)
        private let keys: VerificationKeys

        init() async throws {
            keys = try await VerificationKeys(SigningKey.set([try await SigningKey.make("ES256")]))
        }

        func cache() -> KeyCache {
            KeyCache(logger: RunningServer.quiet, now: { self.clock.now }) { () async throws(KeyFault) in
                self.loads.withLock { $0 += 1 }
                while self.isHeld.withLock({ $0 }) { await Task.yield() }
                guard self.isUp.withLock({ $0 }) else { throw KeyFault("is down") }
                return FetchedKeys(keys: self.keys, cacheControl: self.cacheControl.withLock { $0 })
            }
        }

        func pass(_ seconds: Int) {
            clock.pass(.seconds(seconds))
        }

        var count: Int { loads.withLock { $0 } }
    }

    /// Waits for keys that are on their way.
    private func finish(_ refresh: KeyCache.Refresh) async -> Bool {
        guard case .underway(let wait) = refresh else { return false }
        return await wait()
    }

    @Test func `keys are fetched once and again when they are old, without a wait`() async throws {
        let source = try await Source()
        let cache = source.cache()
        #expect(cache.current() == nil && source.count == 0)
        #expect(await finish(cache.refresh()))
        for _ in 0..<100 { #expect(cache.current() != nil) }
        source.pass(599)
        #expect(cache.current() != nil && source.count == 1)
        source.pass(1)
        #expect(cache.current() != nil)
        try await Wait.until { source.count == 2 }
    }

    @Test func `an unknown key is looked for every thirty seconds at most`() async throws {
        let source = try await Source()
        let cache = source.cache()
        try await cache.fetch()
        #expect(await !finish(cache.refresh()))
        source.pass(29)
        #expect(await !finish(cache.refresh()))
        source.pass(1)
        #expect(await finish(cache.refresh()))
        #expect(await !finish(cache.refresh()))
        #expect(source.count == 2)
    }

    @Test func `all who wait share one fetch, and so many wait at most`() async throws {
        let source = try await Source()
        let cache = source.cache()
        let number = 3 * KeyCache.maximumWaiting
        source.isHeld.withLock { $0 = true }
        let waits = (0..<number).map { _ in cache.refresh() }
        let served = await withTaskGroup(of: Bool.self) { group in
            for wait in waits { group.addTask { await finish(wait) } }
            var refused = 0
            while refused < number - KeyCache.maximumWaiting, await group.next() == false { refused += 1 }
            #expect(refused == number - KeyCache.maximumWaiting)
            source.isHeld.withLock { $0 = false }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(served == KeyCache.maximumWaiting)
        #expect(source.count == 1)
        // Who is done waiting makes room.
        source.pass(30)
        #expect(await finish(cache.refresh()))
    }

    @Test func `old keys serve for a day where the server is down, and then none do`() async throws {
        let source = try await Source()
        let cache = source.cache()
        try await cache.fetch()
        source.isUp.withLock { $0 = false }
        source.pass(24 * 60 * 60 - 1)
        #expect(await !finish(cache.refresh()))
        #expect(cache.current() != nil)
        source.pass(1)
        #expect(cache.current() == nil)
        source.isUp.withLock { $0 = true }
        source.pass(5)
        #expect(await finish(cache.refresh()))
        #expect(cache.current() != nil)
    }

    @Test func `without keys the next try is made after five seconds`() async throws {
        let source = try await Source()
        source.isUp.withLock { $0 = false }
        let cache = source.cache()
        await #expect(throws: KeyFault.self) { try await cache.fetch() }
        #expect(await !finish(cache.refresh()))
        #expect(cache.current() == nil && source.count == 2)
        source.pass(4)
        guard case .tooSoon(failed: true) = cache.refresh() else {
            Issue.record("it was tried at once")
            return
        }
        source.pass(1)
        source.isUp.withLock { $0 = true }
        #expect(await finish(cache.refresh()))
    }

    @Test func `a cache that was stopped fetches no more`() async throws {
        let source = try await Source()
        let cache = source.cache()
        cache.stop()
        #expect(await !finish(cache.refresh()))
        #expect(source.count == 0)
    }

    @Test(
        arguments: [
            (nil, 600), ("", 600), ("max-age=3600", 3_600), ("public, Max-Age = 120 , immutable", 120),
            ("max-age=1", 60), ("max-age=999999999999999999999", 86_400), ("max-age=\"300\"", 300),
            ("max-age=-5", 600), ("max-age", 600), ("s-maxage=5", 600), ("no-store", 60),
            ("no-cache, max-age=3600", 60), ("max-age=x", 600),
        ] as [(String?, Int)]
    )
    func `the server says within bounds how long keys are good`(header: String?, seconds: Int) {
        #expect(FetchedKeys.life(header) == .seconds(seconds))
    }
}
