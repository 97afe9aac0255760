// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A wall clock that moves when a test says so.
final class TestClock: Sendable {
    private let moment: Mutex<Int64>

    /// Starts at 2026-08-24T09:00:00Z.
    init(_ milliseconds: Int64 = 1_787_562_000_000) {
        moment = Mutex(milliseconds)
    }

    var now: Int64 { moment.withLock { $0 } }

    func advance(seconds: Int64) {
        advance(milliseconds: seconds * 1_000)
    }

    func advance(milliseconds: Int64) {
        moment.withLock { $0 += milliseconds }
    }
}
