// SPDX-License-Identifier: Apache-2.0

/// The lines that were asked for, out of a whole text.
///
/// A line ends after its line feed; a carriage return before that stays where it is.
struct TextSelection {
    /// The lines, with their ends.
    let text: String
    /// How many lines the whole text has; a last line without a line feed counts.
    let total: Int
    /// The number of the first line after the selection; nil if the selection reaches the end.
    let next: Int?

    /// Selects lines.
    ///
    /// - Parameters:
    ///   - text: The whole text.
    ///   - first: The first line, from 1; beyond the end nothing is selected.
    ///   - count: The most lines; nil for all.
    init(of text: String, first: Int, count: Int?) {
        let bytes = Array(text.utf8)
        var start: Int? = first == 1 ? 0 : nil
        var end: Int?
        var next: Int?
        var line = 1
        // The line that comes after the last one that is wanted; none beyond what a number can hold.
        let after = count.flatMap { count -> Int? in
            let (sum, overflow) = first.addingReportingOverflow(count)
            return overflow ? nil : sum
        }
        for (index, byte) in bytes.enumerated() where byte == 0x0A && index + 1 < bytes.count {
            line += 1
            if line == first { start = index + 1 }
            if line == after {
                end = index + 1
                next = line
            }
        }
        total = bytes.isEmpty ? 0 : line
        self.next = next
        self.text = String(decoding: bytes[(start ?? bytes.count)..<(end ?? bytes.count)], as: UTF8.self)
    }
}
