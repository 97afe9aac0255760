// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The streams of one session: those of its POSTs, and the one for what belongs to no request.
final class SessionStreams: Sendable {
    private struct State {
        var posts: [String: SessionStream] = [:]
        var lastNumber: UInt64 = 0
        var isOver = false
    }

    /// For what belongs to no request.
    let general: SessionStream
    private let storage: EventStorage
    /// Part of each name, so that an event of another session is not taken for one of this.
    private let tag: String
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    init(storage: EventStorage, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.storage = storage
        self.now = now
        let digits = String(UInt32.random(in: 0...UInt32.max), radix: 16)
        tag = String(repeating: "0", count: 8 - digits.utf8.count) + digits
        general = SessionStream(name: "g.\(tag)", kind: .general, storage: storage, now: now)
        storage.add(self)
    }

    deinit {
        storage.remove(self)
    }

    /// How many streams of POSTs are kept.
    var count: Int { state.withLock { $0.posts.count } }

    /// Opens a stream for a POST; the oldest finished one makes room.
    ///
    /// - Returns: Nil if there is no room, or the session is over.
    func open() -> SessionStream? {
        expire()
        return state.withLock { state in
            guard !state.isOver else { return nil }
            if state.posts.count >= storage.limits.streams, evictOldest(&state) == nil { return nil }
            state.lastNumber &+= 1
            let name = "p\(state.lastNumber).\(tag)"
            let stream = SessionStream(name: name, kind: .post, storage: storage, now: now)
            state.posts[name] = stream
            return stream
        }
    }

    /// The stream that an event belongs to.
    subscript(id: EventID) -> SessionStream? {
        expire()
        if id.stream == general.name { return general }
        return state.withLock { $0.posts[id.stream] }
    }

    /// Ends all streams.
    ///
    /// - Parameter comesBack: Whether clients that can are told when to come back.
    func end(comesBack: Bool) {
        let posts = state.withLock { state in
            state.isOver = true
            defer { state.posts = [:] }
            return state.posts
        }
        for stream in posts.values { stream.end(comesBack: comesBack) }
        general.end(comesBack: comesBack)
        storage.remove(self)
    }

    /// Gives up what was kept for long enough.
    func expire() {
        let time = now() - storage.limits.age
        let expired = state.withLock { state in
            let expired = state.posts.filter { ($0.value.idleSince ?? now()) < time }
            for name in expired.keys { state.posts[name] = nil }
            return expired
        }
        for stream in expired.values { stream.end(comesBack: false) }
        general.expire(before: time)
    }

    /// The bytes of streams that nobody reads and on which everything is said.
    var evictableBytes: Int {
        state.withLock { state in
            state.posts.values.reduce(0) { $1.idleSince == nil ? $0 : $0 + $1.keptBytes }
        }
    }

    /// Gives up the oldest of those streams.
    ///
    /// - Returns: How many bytes it kept; nil if there is none.
    func evictOldest() -> Int? {
        state.withLock { evictOldest(&$0) }
    }

    private func evictOldest(_ state: inout State) -> Int? {
        let idle = state.posts.values.compactMap { stream in stream.idleSince.map { (stream, $0) } }
        guard let oldest = idle.min(by: { $0.1 < $1.1 })?.0 else { return nil }
        state.posts[oldest.name] = nil
        let bytes = oldest.keptBytes
        oldest.end(comesBack: false)
        return bytes
    }
}
