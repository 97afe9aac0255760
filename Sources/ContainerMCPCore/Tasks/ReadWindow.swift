// SPDX-License-Identifier: Apache-2.0

/// Counts the reads of one job in the present second.
struct ReadWindow: Sendable, Equatable {
    private var start: Int64 = 0
    private var count = 0

    /// Whether one more read may pass at a moment in milliseconds.
    mutating func admits(_ now: Int64, limit: Int) -> Bool {
        // A clock that was set back starts a new second.
        if now < start || now - start >= 1_000 {
            start = now
            count = 0
        }
        guard count < limit else { return false }
        count += 1
        return true
    }
}
