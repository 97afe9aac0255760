// SPDX-License-Identifier: Apache-2.0

/// Makes text harmless for a terminal: what could move the cursor, change its state, or show text in another order
/// than it has, is written as `\u{1B}`.
enum TerminalText {
    /// Keeps newlines, tabs and CRLF.
    static func lines(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHazardous) else { return text }
        var shown = ""
        var iterator = text.unicodeScalars.makeIterator()
        var next = iterator.next()
        while let scalar = next {
            next = iterator.next()
            let isKept = scalar == "\n" || scalar == "\t" || (scalar == "\r" && next == "\n")
            append(scalar, to: &shown, escaped: isHazardous(scalar) && !isKept)
        }
        return shown
    }

    /// Keeps nothing of the kind: for a cell of a table.
    static func word(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHazardous) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars { append(scalar, to: &shown, escaped: isHazardous(scalar)) }
        return shown
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout String, escaped: Bool) {
        if escaped {
            text += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
        } else {
            text.unicodeScalars.append(scalar)
        }
    }

    /// Controls (C0, DEL, C1), line separators, and what turns the direction of text.
    private static func isHazardous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0x061C: true
        default: false
        }
    }

    /// How many columns a text takes, as far as that can be told.
    static func columns(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + columns($1) }
    }

    private static func columns(_ scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
