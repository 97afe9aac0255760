// SPDX-License-Identifier: Apache-2.0

/// What values a setting takes.
///
/// It drives parsing, the text of errors, and the documentation.
public enum SettingKind: Sendable, Equatable {
    /// What values a setting takes.
    ///
    /// `false`, `0`, `no`, `off`, in any case.
    case boolean
    /// A whole number of a unit within a range.
    case integer(ClosedRange<Int>, SettingUnit)
    /// One of a few words, in any case.
    case choice([String])
    /// One line of text of a certain form.
    case text(SettingForm)
    /// A file of the host; relative paths start from the current folder.
    case file
    /// A folder of the host; relative paths start from the current folder.
    case folder
    /// Words of a certain form with commas between them; empty allows nothing.
    case list(SettingForm)

    /// What may be given, for errors and documentation.
    public var values: String {
        switch self {
        case .boolean:
            "true or false"
        case .integer(let range, let unit):
            "\(range.lowerBound) to \(range.upperBound)\(unit == .count ? "" : " " + unit.rawValue)"
        case .choice(let words):
            words.count < 2
                ? words.joined() : words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
        case .text(let form):
            form.expectation
        case .file:
            "the path of a file"
        case .folder:
            "the path of a folder"
        case .list(let form):
            "a list with commas between its words, each \(form.expectation); empty allows nothing"
        }
    }
}
