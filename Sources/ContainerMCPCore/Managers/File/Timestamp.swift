// SPDX-License-Identifier: Apache-2.0

/// A moment as ISO 8601 in UTC, to the second.
struct Timestamp: CustomStringConvertible {
    let description: String

    /// Makes the text of a moment; moments outside the years 0001 to 9999 are moved to the nearest end.
    ///
    /// The calendar is computed here because Foundation's formatters cost more time at start than all else
    /// together.
    init(secondsSince1970 seconds: Int64) {
        let bounded = min(max(seconds, -62_135_596_800), 253_402_300_799)
        let days = Int((bounded - Self.modulo(bounded, 86_400)) / 86_400)
        let time = Int(Self.modulo(bounded, 86_400))
        // Years that begin in March put the leap day last; 400 of them have 146,097 days.
        let shifted = days + 719_468
        let era = (shifted - Int(Self.modulo(Int64(shifted), 146_097))) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        let clock = [time / 3_600, time / 60 % 60, time % 60].map { Self.padded($0, 2) }.joined(
            separator: ":"
        )
        description = "\(date)T\(clock)Z"
    }

    private static func modulo(_ value: Int64, _ divisor: Int64) -> Int64 {
        let rest = value % divisor
        return rest < 0 ? rest + divisor : rest
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
