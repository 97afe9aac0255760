// SPDX-License-Identifier: Apache-2.0

extension ShellReader {
    /// Reads what begins with `$`.
    mutating func dollar(into word: inout ShellWord, inDoubleQuotes: Bool) throws(NotUnderstood) {
        advance()
        guard let byte = peek() else {
            word.text.append(UInt8(ascii: "$"))
            return
        }
        switch byte {
        case UInt8(ascii: "("):
            word.hasExpansion = true
            if peekSecond() == UInt8(ascii: "("), try isArithmetic(atFirstParenthesis: position) {
                advance()
                _ = accept(UInt8(ascii: "("))
                try nested { reader throws(NotUnderstood) in try reader.arithmetic() }
            } else {
                try substitution()
            }
        case UInt8(ascii: "{"):
            word.hasExpansion = true
            advance()
            try nested { reader throws(NotUnderstood) in
                try reader.parameter(inDoubleQuotes: inDoubleQuotes)
            }
        case UInt8(ascii: "["):
            word.hasExpansion = true
            advance()
            try nested { reader throws(NotUnderstood) in
                try reader.matched(UInt8(ascii: "["), UInt8(ascii: "]"))
            }
        case UInt8(ascii: "'") where !inDoubleQuotes:
            advance()
            try ansiQuoted(into: &word)
        case UInt8(ascii: "\"") where !inDoubleQuotes:
            advance()
            try doubleQuoted(into: &word)
        case UInt8(ascii: "*"), UInt8(ascii: "@"), UInt8(ascii: "#"), UInt8(ascii: "?"), UInt8(ascii: "-"),
            UInt8(ascii: "$"), UInt8(ascii: "!"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            word.hasExpansion = true
            advance()
        case let byte where Self.isNameByte(byte):
            word.hasExpansion = true
            while let next = peek(), Self.isNameByte(next) { advance() }
        default:
            word.text.append(UInt8(ascii: "$"))
        }
    }

    /// Reads the parenthesis of `$(…)`, `<(…)` or `>(…)` and the commands in it.
    mutating func substitution() throws(NotUnderstood) {
        try expect(UInt8(ascii: "("), "a syntax error")
        let outerDocuments = pendingHereDocuments
        pendingHereDocuments = []
        openSubstitutions += 1
        let stop = try nested { reader throws(NotUnderstood) in try reader.list().stop }
        openSubstitutions -= 1
        guard stop == .closingParenthesis else { throw NotUnderstood("an unterminated substitution") }
        guard pendingHereDocuments.isEmpty else {
            throw NotUnderstood("a here-document that begins after its substitution")
        }
        pendingHereDocuments = outerDocuments
        advance()
    }

    /// Reads the inside of backquotes: one level of backslashes is removed, and the rest is a text of its own.
    mutating func backquotes(inDoubleQuotes: Bool) throws(NotUnderstood) {
        advance()
        var text: [UInt8] = []
        while position < end {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "`"):
                return try readNestedText(text)
            case UInt8(ascii: "\\"):
                guard position < end else { break }
                let next = bytes[position]
                position += 1
                switch next {
                case UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\\"):
                    break
                case UInt8(ascii: "\"") where inDoubleQuotes:
                    break
                default:
                    text.append(byte)
                }
                text.append(next)
            default:
                text.append(byte)
            }
        }
        throw NotUnderstood("an unterminated backquote")
    }

    /// Reads the inside of `${…}`.
    private mutating func parameter(inDoubleQuotes: Bool) throws(NotUnderstood) {
        var ignored = ShellWord(source: position..<position)
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "}"):
                advance()
                return
            case UInt8(ascii: "\\"):
                advance()
                advance()
            case UInt8(ascii: "'"):
                advance()
                let start = position
                try singleQuoted(into: &ignored)
                // Within double quotes these may be quotes or plain characters, which depends on the operator.
                let inside = bytes[start..<position]
                if inDoubleQuotes, inside.contains(UInt8(ascii: "$")) || inside.contains(UInt8(ascii: "`")) {
                    findings.skip("single quotes inside \"${…}\"")
                }
            case UInt8(ascii: "\""):
                advance()
                try doubleQuoted(into: &ignored)
            case UInt8(ascii: "$"):
                try dollar(into: &ignored, inDoubleQuotes: inDoubleQuotes)
            case UInt8(ascii: "`"):
                try backquotes(inDoubleQuotes: inDoubleQuotes)
            case UInt8(ascii: "<"), UInt8(ascii: ">"):
                advance()
                if !inDoubleQuotes, position < end, bytes[position] == UInt8(ascii: "(") {
                    try substitution()
                }
            default:
                advance()
            }
        }
        throw NotUnderstood("an unterminated ${")
    }

    /// Reads the inside of `$'…'`.
    private mutating func ansiQuoted(into word: inout ShellWord) throws(NotUnderstood) {
        word.isQuoted = true
        while position < end {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "'"):
                return
            case UInt8(ascii: "\\"):
                ansiEscape(into: &word)
            default:
                word.text.append(byte)
            }
        }
        throw NotUnderstood("an unterminated quote")
    }

    private mutating func ansiEscape(into word: inout ShellWord) {
        guard position < end else { return }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "a"): word.text.append(0x07)
        case UInt8(ascii: "b"): word.text.append(0x08)
        case UInt8(ascii: "e"), UInt8(ascii: "E"): word.text.append(0x1B)
        case UInt8(ascii: "f"): word.text.append(0x0C)
        case UInt8(ascii: "n"): word.text.append(0x0A)
        case UInt8(ascii: "r"): word.text.append(0x0D)
        case UInt8(ascii: "t"): word.text.append(0x09)
        case UInt8(ascii: "v"): word.text.append(0x0B)
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "?"):
            word.text.append(byte)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            position -= 1
            appendByte(number(radix: 8, maximumDigits: 3) ?? 0, into: &word)
        case UInt8(ascii: "x"):
            guard let value = number(radix: 16, maximumDigits: 2) else {
                word.text += [UInt8(ascii: "\\"), byte]
                return
            }
            appendByte(value, into: &word)
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            guard let value = number(radix: 16, maximumDigits: byte == UInt8(ascii: "u") ? 4 : 8) else {
                word.text += [UInt8(ascii: "\\"), byte]
                return
            }
            guard value > 0, let scalar = Unicode.Scalar(value) else {
                word.hasExpansion = true
                return
            }
            word.text += Array(String(Character(scalar)).utf8)
        case UInt8(ascii: "c"):
            guard position < end, bytes[position] != UInt8(ascii: "'") else {
                word.hasExpansion = true
                return
            }
            word.text.append(bytes[position] & 0x1F)
            position += 1
        default:
            word.text += [UInt8(ascii: "\\"), byte]
        }
    }

    /// A NUL ends the text in bash, which is not followed here: the word counts as unreadable.
    private func appendByte(_ value: UInt32, into word: inout ShellWord) {
        guard let byte = UInt8(exactly: value & 0xFF), byte != 0 else {
            word.hasExpansion = true
            return
        }
        word.text.append(byte)
    }

    /// Reads at most eight digits, so that the number fits.
    private mutating func number(radix: UInt32, maximumDigits: Int) -> UInt32? {
        var value: UInt32 = 0
        var digits = 0
        while digits < maximumDigits, position < end,
            let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue, digit < Int(radix)
        {
            value = value * radix + UInt32(digit)
            digits += 1
            position += 1
        }
        return digits == 0 ? nil : value
    }
}
