// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counts failed attempts to authenticate, so that a token can't be guessed by trying.
final class FailedAttempts: Sendable {
    private struct Window {
        var start: ContinuousClock.Instant
        var count = 0
    }

    /// How many peers are remembered; the one whose window is oldest goes first.
    private static let peerLimit = 4_096

    private let limit: Int
    private let span: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let windows = Mutex<[String: Window]>([:])

    init(
        limit: Int = 10,
        span: Duration = .seconds(60),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.limit = limit
        self.span = span
        self.now = now
    }

    /// Whether a peer may try again.
    func mayTry(_ peer: String) -> Bool {
        let now = now()
        return windows.withLock { windows in
            guard let window = windows[peer], window.start + span > now else { return true }
            return window.count < limit
        }
    }

    /// Takes the news of a failed attempt.
    func failed(_ peer: String) {
        let now = now()
        windows.withLock { windows in
            if let window = windows[peer], window.start + span > now {
                windows[peer]?.count += 1
                return
            }
            if windows.count >= Self.peerLimit {
                windows = windows.filter { $0.value.start + span > now }
            }
            if windows.count >= Self.peerLimit,
                let oldest = windows.min(by: { $0.value.start < $1.value.start })
            {
                windows[oldest.key] = nil
            }
            windows[peer] = Window(start: now, count: 1)
        }
    }
}
