// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Memory for the events of all sessions.
///
/// Where it is used up, finished streams are given up before their time: the oldest of the session that keeps
/// most, so that nobody pushes out what others keep by keeping much.
final class EventStorage: Sendable {
    private struct Holder {
        weak var streams: SessionStreams?
    }

    let limits: StreamLimits
    let counters: StreamCounters
    /// How many streams are being carried over a connection now.
    let carrying = Atomic(0)
    private let limit: Int
    private let budget: ByteBudget
    private let holders = Mutex<[ObjectIdentifier: Holder]>([:])

    init(
        bytes: Int = 256 << 20,
        limits: StreamLimits = StreamLimits(),
        counters: StreamCounters = StreamCounters()
    ) {
        limit = bytes
        budget = ByteBudget(limit: bytes)
        self.limits = limits
        self.counters = counters
    }

    /// How many bytes are kept.
    var taken: Int { budget.taken }

    func add(_ streams: SessionStreams) {
        holders.withLock { $0[ObjectIdentifier(streams)] = Holder(streams: streams) }
    }

    func remove(_ streams: SessionStreams) {
        holders.withLock { $0[ObjectIdentifier(streams)] = nil }
    }

    /// Takes bytes, of what is left or of what finished streams hold.
    ///
    /// No lock of a stream may be held.
    func reserve(_ count: Int) -> Bool {
        guard count <= limit else { return false }
        while !budget.reserve(count) {
            guard evict(count) else { return false }
        }
        return true
    }

    func release(_ count: Int) {
        budget.release(count)
    }

    /// Makes room for some bytes, and for more, since it looks through all that is kept.
    private func evict(_ count: Int) -> Bool {
        let all = holders.withLock { $0.values.compactMap(\.streams) }
        let sizes = all.map { ($0, $0.evictableBytes) }
        guard let largest = sizes.max(by: { $0.1 < $1.1 }), largest.1 > 0 else { return false }
        var freed = 0
        while freed < max(count, limit / 16), let bytes = largest.0.evictOldest() {
            counters.add(to: \.evicted)
            freed += bytes
        }
        return freed > 0
    }
}
