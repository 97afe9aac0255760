// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A moment of the wall clock in milliseconds, shown as RFC 3339 in UTC.
struct AuditTime: Sendable, Equatable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    let milliseconds: Int

    init(milliseconds: Int) {
        self.milliseconds = milliseconds
    }

    /// The present.
    static func now() -> AuditTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return AuditTime(milliseconds: time.tv_sec &* 1_000 &+ time.tv_nsec / 1_000_000)
    }

    var description: String {
        // Years 0001 to 9999, whatever the clock says.
        let bounded = min(max(milliseconds, -62_135_596_800_000), 253_402_300_799_999)
        let rest = (bounded % 1_000 + 1_000) % 1_000
        let seconds = Timestamp(secondsSince1970: Int64((bounded - rest) / 1_000)).description
        let digits = String(rest)
        return seconds.dropLast() + "." + String(repeating: "0", count: 3 - digits.utf8.count) + digits + "Z"
    }
}
