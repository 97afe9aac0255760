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
        let days = bounded >= 0 ? bounded / 86_400_000 : -((86_399_999 - bounded) / 86_400_000)
        let rest = bounded - days * 86_400_000
        let (year, month, day) = Self.civil(days)
        return
            "\(Self.padded(year, 4))-\(Self.padded(month))-\(Self.padded(day))T\(Self.padded(rest / 3_600_000)):"
            + "\(Self.padded(rest / 60_000 % 60)):\(Self.padded(rest / 1_000 % 60)).\(Self.padded(rest % 1_000, 3))Z"
    }

    /// Year, month and day of a day number from 1970-01-01, in the proleptic Gregorian calendar.
    ///
    /// Counted from 1 March of the year 0, so that leap days come last.
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }

    private static func padded(_ number: Int, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
