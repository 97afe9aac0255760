// SPDX-License-Identifier: Apache-2.0

/// The few colours that are used, where the terminal wants any.
enum ColouredText {
    enum Colour: String {
        case bold = "1"
        case green = "32"
        case yellow = "33"
        case red = "31"
    }

    static func text(_ text: String, _ colour: Colour?) -> String {
        guard let colour, !text.isEmpty else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }
}
