// SPDX-License-Identifier: Apache-2.0

/// At most so many in a second; what is more is dropped by whoever asks.
struct RateLimit: Sendable {
    private let limit: Int
    private var windowStart: ContinuousClock.Instant?
    private var count = 0

    init(perSecond limit: Int = 200) {
        self.limit = limit
    }

    /// Whether one more may pass.
    mutating func admits(_ now: ContinuousClock.Instant) -> Bool {
        guard let start = windowStart, now - start < .seconds(1) else {
            windowStart = now
            count = 1
            return true
        }
        guard count < limit else { return false }
        count += 1
        return true
    }
}
