// SPDX-License-Identifier: Apache-2.0

/// A caller's text made fit for a message: short, on one line, in quotes.
struct Quoted: CustomStringConvertible {
    private static let longest = 80

    let text: String

    init(_ text: String) {
        self.text = text
    }

    var description: String {
        var result = "'"
        for scalar in Self.clipped(text, to: Self.longest).unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                result.unicodeScalars.append("?")
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result + "'"
    }

    /// The text itself, or its beginning of at most so many bytes and an ellipsis.
    static func clipped(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var result = String.UnicodeScalarView()
        var length = 0
        for scalar in text.unicodeScalars {
            length += UTF8.width(scalar)
            guard length <= limit else { break }
            result.append(scalar)
        }
        result.append("…")
        return String(result)
    }
}
