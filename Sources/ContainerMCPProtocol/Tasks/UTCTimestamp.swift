// SPDX-License-Identifier: Apache-2.0

/// Points in time as the messages of tasks write them.
public enum UTCTimestamp {
    /// The last second that four digits of a year can name.
    private static let last: Int64 = 253_402_300_799

    /// A point in time as ISO 8601 in UTC with seconds, such as `2026-08-24T09:00:00Z`.
    ///
    /// - Parameter seconds: Seconds since 1970 without leap seconds; moved into the years 1970 to 9999.
    /// - Returns: The text.
    public static func text(secondsSince1970 seconds: Int64) -> String {
        let seconds = min(max(seconds, 0), last)
        let (days, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
        // Days counted from 1 March of the year 0, so that the leap day ends its year.
        let shifted = days + 719_468
        let (century, dayOfCentury) = shifted.quotientAndRemainder(dividingBy: 146_097)
        let yearOfCentury =
            (dayOfCentury - dayOfCentury / 1_460 + dayOfCentury / 36_524 - dayOfCentury / 146_096) / 365
        let dayOfYear = dayOfCentury - (365 * yearOfCentury + yearOfCentury / 4 - yearOfCentury / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let civilMonth = month < 10 ? month + 3 : month - 9
        let year = yearOfCentury + century * 400 + (civilMonth <= 2 ? 1 : 0)
        return "\(padded(year, 4))-\(padded(civilMonth, 2))-\(padded(day, 2))T"
            + "\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))Z"
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(width - digits.utf8.count, 0)) + digits
    }
}
