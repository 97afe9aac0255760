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

    private let limit: Int
    private let idle: Duration
    private let tag: String?
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// Makes an empty store.
    ///
    /// - Parameters:
    ///   - limit: The most sessions at once.
    ///   - idle: How long a session lives that nothing uses.
    ///   - tag: What every identifier begins with.
    ///   - now: The time.
    init(
        limit: Int,
        idle: Duration,
        tag: String?,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.limit = limit
        self.idle = idle
        self.tag = tag
        self.now = now
    }

    /// How many sessions there are.
    var count: Int { state.withLock { $0.entries.count } }

    /// Opens a session, in use until ``endUse(_:)``.
    ///
    /// - Returns: Nil if there is no room; one in use never makes room, an expired one does.
    func open(
        _ kind: HTTPSession.Kind,
        for subject: Subject,
        _ makeServer: (SessionID) -> ChannelServer
    ) -> HTTPSession? {
        let id = SessionID(tag: tag)
        let now = now()
        return state.withLock { state in
            guard !state.isClosed else { return nil }
            if state.entries.count >= limit {
                state.entries = state.entries.filter { !isExpired($0.value, now) }
            }
            guard state.entries.count < limit else { return nil }
            let session = HTTPSession(id: id, kind: kind, subject: subject, server: makeServer(id))
            state.entries[id.text] = Entry(session: session, lastUse: now, uses: 1)
            return session
        }
    }

    /// Finds a session and takes it into use until ``endUse(_:)``.
    ///
    /// - Returns: Nil if there is none of this kind, or it belongs to somebody else: the two look the same.
    func use(_ id: String, _ kind: HTTPSession.Kind, by subject: Subject) -> HTTPSession? {
        let now = now()
        return state.withLock { state in
            guard let entry = state.entries[id], entry.session.kind == kind, entry.session.subject == subject,
                !isExpired(entry, now)
            else { return nil }
            state.entries[id]?.uses += 1
            state.entries[id]?.lastUse = now
            return entry.session
        }
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
        let wasThere = state.withLock { $0.entries.removeValue(forKey: session.id.text) != nil }
        if wasThere { await session.close() }
    }

    /// Ends the sessions that nothing has used for too long.
    func removeExpired() async {
        let now = now()
        let expired = state.withLock { state in
            let expired = state.entries.filter { isExpired($0.value, now) }
            for id in expired.keys { state.entries[id] = nil }
            return expired.values.map(\.session)
        }
        for session in expired { await session.close() }
    }

    /// Ends all sessions and opens no more.
    func closeAll() async {
        let all = state.withLock { state in
            state.isClosed = true
            defer { state.entries = [:] }
            return state.entries.values.map(\.session)
        }
        await withDiscardingTaskGroup { group in
            for session in all { group.addTask { await session.close() } }
        }
    }

    private func isExpired(_ entry: Entry, _ now: ContinuousClock.Instant) -> Bool {
        entry.uses == 0 && entry.lastUse + idle <= now
    }
}
