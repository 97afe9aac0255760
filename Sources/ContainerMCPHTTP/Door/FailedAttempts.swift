// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counts failed attempts to authenticate, so that a token can't be guessed by trying.
final class FailedAttempts: Sendable {
    private struct Window {
        var start: ContinuousClock.Instant
        var count = 0
    }

    private struct State {
        var windows: [String: Window] = [:]
        /// The peers in the order in which their windows began; those before `first` are forgotten.
        var order: [(peer: String, start: ContinuousClock.Instant)] = []
        var first = 0
    }

    /// How many peers are remembered; the one whose window is oldest goes first.
    static let peerLimit = 4_096

    private let limit: Int
    private let span: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    init(
        limit: Int = 10,
        span: Duration = .seconds(60),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.limit = limit
        self.span = span
        self.now = now
    }

    /// How many peers are remembered now.
    var count: Int { state.withLock(\.windows.count) }

    /// Whether a peer may try again.
    func mayTry(_ peer: String) -> Bool {
        let now = now()
        let peer = Self.group(peer)
        return state.withLock { state in
            guard let window = state.windows[peer], window.start + span > now else { return true }
            return window.count < limit
        }
    }

    /// Takes the news of a failed attempt.
    func failed(_ peer: String) {
        let now = now()
        let peer = Self.group(peer)
        state.withLock { state in
            Self.forget(&state, until: now, span: span)
            if let window = state.windows[peer] {
                // No more is counted than has to be known.
                state.windows[peer]?.count = min(window.count + 1, limit)
            } else {
                state.windows[peer] = Window(start: now, count: 1)
                state.order.append((peer, now))
            }
        }
    }

    /// Forgets windows that are over, and the oldest where there is no room for one more.
    private static func forget(
        _ state: inout sending State,
        until now: ContinuousClock.Instant,
        span: Duration
    ) {
        while state.first < state.order.count {
            let oldest = state.order[state.first]
            guard oldest.start + span <= now || state.windows.count >= peerLimit else { break }
            state.windows[oldest.peer] = nil
            state.first += 1
        }
        guard state.first > peerLimit else { return }
        state.order.removeFirst(state.first)
        state.first = 0
    }

    /// One subscriber of IPv6 has a whole /64, and would have as many attempts.
    private static func group(_ peer: String) -> String {
        guard let bytes = ClientAddress.bytes(peer), bytes.count == 16 else { return peer }
        return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
    }
}
