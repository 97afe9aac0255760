// SPDX-License-Identifier: Apache-2.0

/// Refuses YAML that could cost far more than its size, before a YAML parser sees it.
///
/// Aliases make a small text stand for an exponential tree, and tags choose how values are made; a policy file needs
/// neither. Deep flow nesting recurses in the parser. The look is by lines and errs on the side of refusing: a plain
/// text that begins with `*`, `&` or `!` has to be quoted, which YAML wants anyway.
enum YAMLPreflight {
    static let maximumOpenBrackets = 32
    static let maximumNestedDashes = 32

    static func check(_ text: [UInt8]) throws(PolicyFileError) {
        var line = 1
        var open = 0
        var dashes = 0
        var startsToken = true
        var index = 0
        while index < text.count {
            let byte = text[index]
            let next = index + 1 < text.count ? text[index + 1] : UInt8(ascii: "\n")
            switch byte {
            case UInt8(ascii: "\n"):
                line += 1
                dashes = 0
                startsToken = true
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                // A comment begins after a blank.
                if next == UInt8(ascii: "#") { index = endOfLine(text, from: index) - 1 }
            case UInt8(ascii: "#") where startsToken:
                index = endOfLine(text, from: index) - 1
            case UInt8(ascii: "-") where startsToken && isBlank(next),
                UInt8(ascii: "?") where startsToken && isBlank(next):
                dashes += 1
                guard dashes <= maximumNestedDashes else {
                    throw PolicyFileError(line: line, message: "lists are nested too deeply")
                }
            case UInt8(ascii: ":") where isBlank(next), UInt8(ascii: ","):
                startsToken = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                if startsToken || open > 0 { open += 1 }
                guard open <= maximumOpenBrackets else {
                    throw PolicyFileError(line: line, message: "brackets are nested too deeply")
                }
                startsToken = true
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                open = max(open - 1, 0)
                startsToken = false
            case UInt8(ascii: "*"), UInt8(ascii: "&"), UInt8(ascii: "!"):
                guard !startsToken || isBlank(next) else {
                    throw PolicyFileError(
                        line: line,
                        message: """
                            a value that begins with '\(Character(Unicode.Scalar(byte)))' must stand in quotes; \
                            YAML anchors, aliases and tags are not taken
                            """
                    )
                }
                startsToken = false
            case UInt8(ascii: "'") where startsToken, UInt8(ascii: "\"") where startsToken:
                (index, line) = endOfQuote(text, from: index, line: line)
                startsToken = false
            default:
                startsToken = false
            }
            index += 1
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
            || byte == UInt8(ascii: "\r")
    }

    private static func endOfLine(_ text: [UInt8], from start: Int) -> Int {
        var index = start
        while index < text.count, text[index] != UInt8(ascii: "\n") { index += 1 }
        return index
    }

    /// The index of the closing quote, or of the last byte where there is none, and the line there.
    private static func endOfQuote(_ text: [UInt8], from start: Int, line: Int) -> (index: Int, line: Int) {
        let quote = text[start]
        var index = start + 1
        var line = line
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\n"):
                line += 1
            case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""):
                if index + 1 < text.count, text[index + 1] == UInt8(ascii: "\n") { line += 1 }
                index += 1
            case quote:
                guard quote == UInt8(ascii: "'"), index + 1 < text.count, text[index + 1] == quote else {
                    return (index, line)
                }
                index += 1
            default:
                break
            }
            index += 1
        }
        return (text.count - 1, line)
    }
}
