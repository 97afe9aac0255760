// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization

/// The keys of the authorization server, fetched again in time, kept for a day where that fails.
final class KeyCache: Sendable {
    /// What became of the wish for fresh keys.
    enum Refresh: Sendable {
        /// They were tried to get a moment ago.
        case tooSoon(failed: Bool)
        /// They are on their way; the function returns when they are there, or false when they can't be had
        /// or so many wait already.
        case underway(@Sendable () async -> Bool)
    }

    /// How keys are fetched.
    typealias Load = @Sendable () async throws(KeyFault) -> FetchedKeys

    private struct State {
        var keys: VerificationKeys?
        var fetched: ContinuousClock.Instant?
        var expiry: ContinuousClock.Instant?
        var tried: ContinuousClock.Instant?
        var hasFailed = false
        var refresh: Task<Bool, Never>?
        var waiting = 0
        var isOver = false
    }

    /// For how long keys are used where the server is down.
    static let staleLife = Duration.seconds(24 * 60 * 60)
    /// Between two tries for a key that nobody knows.
    static let pause = Duration.seconds(30)
    /// Between two tries where there are no keys at all.
    static let shortPause = Duration.seconds(5)
    /// How many requests wait at once.
    static let maximumWaiting = 64

    private let load: Load
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// Makes an empty cache.
    ///
    /// - Parameters:
    ///   - logger: Hears of keys that can't be had.
    ///   - now: The time.
    ///   - load: Fetches keys; ends by itself.
    init(
        logger: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        load: @escaping Load
    ) {
        self.load = load
        self.logger = logger
        self.now = now
    }

    /// The keys in force; fetches new ones behind the caller's back where these are old.
    ///
    /// - Returns: Nil if there are none, or they are too old to be believed.
    func current() -> VerificationKeys? {
        let now = now()
        return state.withLock { state in
            guard let keys = state.keys, let fetched = state.fetched, fetched + Self.staleLife > now else {
                return nil
            }
            if let expiry = state.expiry, expiry <= now { _ = start(&state, now, pause: Self.pause) }
            return keys
        }
    }

    /// Asks for keys that are newer than those in force.
    func refresh() -> Refresh {
        let now = now()
        return state.withLock { state in
            let isStale = state.fetched.map { $0 + Self.staleLife <= now } ?? true
            guard let task = start(&state, now, pause: isStale ? Self.shortPause : Self.pause) else {
                return .tooSoon(failed: state.hasFailed)
            }
            return .underway { [self] in await wait(for: task) }
        }
    }

    /// Waits where there is room; counted only here, since not everyone who could wait does.
    private func wait(for task: Task<Bool, Never>) async -> Bool {
        let hasRoom = state.withLock { state in
            guard state.waiting < Self.maximumWaiting else { return false }
            state.waiting += 1
            return true
        }
        guard hasRoom else { return false }
        defer { state.withLock { $0.waiting -= 1 } }
        return await task.value
    }

    /// Begins to fetch keys, unless that was tried a moment ago.
    func beginFetching() {
        let now = now()
        state.withLock { state in _ = start(&state, now, pause: Self.shortPause) }
    }

    /// Fetches keys and waits for them.
    ///
    /// - Throws: What went wrong, which is not logged.
    func fetch() async throws(KeyFault) {
        try store(await load())
    }

    /// Gives up what is on its way, and fetches no more.
    func stop() {
        let task = state.withLock { state in
            state.isOver = true
            return state.refresh
        }
        task?.cancel()
    }

    /// - Returns: Nil if the last try is too young, or the server stops.
    private func start(
        _ state: inout sending State,
        _ now: ContinuousClock.Instant,
        pause: Duration
    ) -> Task<Bool, Never>? {
        if let running = state.refresh { return running }
        if let tried = state.tried, tried + pause > now { return nil }
        guard !state.isOver else { return nil }
        state.tried = now
        let task = Task { await self.run() }
        state.refresh = task
        return task
    }

    private func run() async -> Bool {
        do throws(KeyFault) {
            try store(await load())
            state.withLock { $0.refresh = nil }
            return true
        } catch {
            let hasKeys = state.withLock { $0.keys != nil }
            logger.warning(
                "keys of the authorization server: \(error.reason)",
                metadata: [
                    "instead": hasKeys ? "the last keys are used for a day at most" : "tokens are refused"
                ]
            )
        }
        state.withLock { state in
            state.refresh = nil
            state.hasFailed = true
        }
        return false
    }

    private func store(_ fetched: FetchedKeys) {
        let now = now()
        state.withLock { state in
            state.hasFailed = false
            state.keys = fetched.keys
            state.fetched = now
            state.tried = now
            state.expiry = now + fetched.life
        }
    }
}
