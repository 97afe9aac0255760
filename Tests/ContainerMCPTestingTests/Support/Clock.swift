// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A time that a test sets.
final class Clock: Sendable {
    private let time: Mutex<Int64>

    init(_ time: Int64) {
        self.time = Mutex(time)
    }

    var now: Int64 { time.withLock(\.self) }

    func set(_ time: Int64) {
        self.time.withLock { $0 = time }
    }
}
