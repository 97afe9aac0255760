// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import Synchronization

/// The sessions of a server: so many, each with an end.
final class SessionStore: Sendable {
    private struct Entry {
        let session: HTTPSession
        var lastUse: ContinuousClock.Instant
        var uses = 0
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var isClosed = false
    }

    /// Memory for what was said in them.
    let storage: EventStorage
    /// The streams of changes, which belong to no session and end with all of them.
    let subscriptions = OpenSubscriptions()
    private let limit: Int
    private let idle: Duration
    private let tag: String?
    private let metrics: ServerMetrics
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// Makes an empty store.
    ///
    /// - Parameters:
    ///   - limit: The most sessions at once.
    ///   - idle: How long a session lives that nothing uses.
    ///   - tag: What every identifier begins with.
    ///   - storage: Memory for what was said in them.
    ///   - metrics: Where their number is told.
    ///   - now: The time.
    init(
        limit: Int,
        idle: Duration,
        tag: String?,
        storage: EventStorage = EventStorage(),
        metrics: ServerMetrics = .disabled,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.limit = limit
        self.idle = idle
        self.tag = tag
        self.storage = storage
        self.metrics = metrics
        self.now = now
    }

    /// How many sessions there are.
    var count: Int { state.withLock { $0.entries.count } }

    /// Whether the server stops.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Opens a session, in use until ``endUse(_:)``.
    ///
    /// - Returns: Nil if there is no room; one in use never makes room, an expired one does.
    func open(
        _ kind: HTTPSession.Kind,
        for subject: Subject,
        _ makeServer: @Sendable (SessionID) -> ChannelServer
    ) async -> HTTPSession? {
        let isFull = state.withLock { $0.entries.count >= limit }
        if isFull { await endExpired() }
        let id = SessionID(tag: tag)
        let time = now()
        return state.withLock { state in
            guard !state.isClosed, state.entries.count < limit else {
                metrics.requestRefused(.full)
                return nil
            }
            let session = HTTPSession(
                id: id,
                kind: kind,
                subject: subject,
                server: makeServer(id),
                storage: storage,
                now: now
            )
            state.entries[id.text] = Entry(session: session, lastUse: time, uses: 1)
            metrics.sessionsChanged(open: state.entries.count)
            return session
        }
    }

    /// Finds a session and takes it into use until ``endUse(_:)``.
    ///
    /// - Returns: Nil if there is none of this kind, or it belongs to somebody else: the two look the same.
    func use(_ id: String, _ kind: HTTPSession.Kind, by subject: Subject) -> HTTPSession? {
        let now = now()
        return state.withLock { state in
            guard let entry = state.entries[id], entry.session.kind == kind,
                entry.session.subject.isSame(as: subject)
            else { return nil }
            state.entries[id]?.uses += 1
            state.entries[id]?.lastUse = now
            return entry.session
        }
    }

    /// Takes a session that is in use into one more use, until ``endUse(_:)``.
    func useAgain(_ session: HTTPSession) {
        state.withLock { $0.entries[session.id.text]?.uses += 1 }
    }

    /// Takes the news that a request of a session is done.
    func endUse(_ session: HTTPSession) {
        let now = now()
        state.withLock { state in
            state.entries[session.id.text]?.uses -= 1
            state.entries[session.id.text]?.lastUse = now
        }
    }

    /// Ends a session.
    func remove(_ session: HTTPSession) async {
        let wasThere = state.withLock { state in
            let wasThere = state.entries.removeValue(forKey: session.id.text) != nil
            metrics.sessionsChanged(open: state.entries.count)
            return wasThere
        }
        if wasThere { await session.close() }
    }

    /// Ends the sessions that nothing has used for too long, and forgets what was kept for long enough.
    func removeExpired() async {
        await endExpired()
        let sessions = state.withLock { $0.entries.values.map(\.session) }
        for session in sessions { session.streams.expire() }
    }

    private func endExpired() async {
        let time = now()
        let expired = state.withLock { state in
            state.entries.values.filter { isExpired($0, time) }.map(\.session)
        }
        await withDiscardingTaskGroup { group in
            for session in expired { group.addTask { await self.endIfIdle(session, time) } }
        }
    }

    private func endIfIdle(_ session: HTTPSession, _ time: ContinuousClock.Instant) async {
        // What a session does in the background keeps it.
        let isIdle = await session.server.isIdle
        let isEnded = state.withLock { state in
            guard let entry = state.entries[session.id.text], isExpired(entry, time) else { return false }
            if isIdle {
                state.entries[session.id.text] = nil
                metrics.sessionsChanged(open: state.entries.count)
            } else {
                state.entries[session.id.text]?.lastUse = time
            }
            return isIdle
        }
        if isEnded { await session.close() }
    }

    /// Ends all sessions and streams of changes, and opens no more.
    func closeAll() async {
        let all = state.withLock { state in
            state.isClosed = true
            metrics.sessionsChanged(open: 0)
            defer { state.entries = [:] }
            return state.entries.values.map(\.session)
        }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.subscriptions.endAll(within: self.storage.limits.grace) }
            for session in all { group.addTask { await session.close(comesBack: true) } }
        }
        // The last words are on their way when nobody carries any more; who does not read is not waited for long.
        let deadline = ContinuousClock.now.advanced(by: storage.limits.grace)
        while storage.carrying.load(ordering: .relaxed) > 0, ContinuousClock.now < deadline {
            // Who is cancelled can't wait.
            guard (try? await Task.sleep(for: .milliseconds(2))) != nil else { return }
        }
    }

    private func isExpired(_ entry: Entry, _ now: ContinuousClock.Instant) -> Bool {
        entry.uses == 0 && entry.lastUse + idle <= now
    }
}

extension Subject {
    /// Whether two tokens speak for the same one; a renewed token may have other scopes, which each request is held to.
    fileprivate func isSame(as other: Subject) -> Bool {
        isAuthenticated == other.isAuthenticated && id.utf8.elementsEqual(other.id.utf8)
    }
}
