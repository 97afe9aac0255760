// SPDX-License-Identifier: Apache-2.0

extension ShellReader {
    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default:
            false
        }
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// What the word reader has to remember about the unquoted characters so far.
    private struct WordProgress {
        /// Whether everything so far is a variable's name, perhaps with a subscript.
        var mayBeVariable = true
        var hasSubscript = false
        var openedBracket = false
        var openedBrace = false
        var braceSeparated = false
    }

    /// Reads one word that must begin here.
    mutating func word(acceptsAssignment: Bool) throws(NotUnderstood) -> ShellWord {
        _ = peek()
        var word = ShellWord(source: position..<position)
        var progress = WordProgress()
        while let byte = peek() {
            if Self.endsWord(byte) {
                guard byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">"),
                    peekSecond() == UInt8(ascii: "(")
                else { break }
                advance()
                try substitution()
                word.hasExpansion = true
                progress.mayBeVariable = false
                continue
            }
            switch byte {
            case UInt8(ascii: "\\"):
                advance()
                word.isQuoted = true
                progress.mayBeVariable = false
                word.text.append(position < end ? bytes[position] : byte)
                advance()
            case UInt8(ascii: "'"):
                advance()
                progress.mayBeVariable = false
                try singleQuoted(into: &word)
            case UInt8(ascii: "\""):
                advance()
                progress.mayBeVariable = false
                try doubleQuoted(into: &word)
            case UInt8(ascii: "$"):
                progress.mayBeVariable = false
                try dollar(into: &word, inDoubleQuotes: false)
            case UInt8(ascii: "`"):
                progress.mayBeVariable = false
                try backquotes(inDoubleQuotes: false)
                word.hasExpansion = true
            default:
                try unquoted(byte, into: &word, &progress, acceptsAssignment: acceptsAssignment)
            }
        }
        word.source = word.source.lowerBound..<position
        guard !word.source.isEmpty else { throw NotUnderstood("a syntax error") }
        return word
    }

    private mutating func unquoted(
        _ byte: UInt8,
        into word: inout ShellWord,
        _ progress: inout WordProgress,
        acceptsAssignment: Bool
    ) throws(NotUnderstood) {
        let isFirst = word.source.lowerBound == position
        let couldBeVariable =
            progress.mayBeVariable && !word.text.isEmpty && !word.isAssignment && !Self.isDigit(word.text[0])
        advance()
        switch byte {
        case UInt8(ascii: "="):
            word.text.append(byte)
            guard couldBeVariable else { break }
            word.isAssignment = true
            progress.mayBeVariable = false
            if peek() == UInt8(ascii: "(") { try arrayElements(into: &word) }
            return
        case UInt8(ascii: "+"):
            word.text.append(byte)
            if couldBeVariable, peek() == UInt8(ascii: "=") {
                advance()
                word.text.append(UInt8(ascii: "="))
                word.isAssignment = true
                progress.mayBeVariable = false
                if peek() == UInt8(ascii: "(") { try arrayElements(into: &word) }
                return
            }
        case UInt8(ascii: "["):
            if couldBeVariable, acceptsAssignment, !progress.hasSubscript {
                try matched(byte, UInt8(ascii: "]"))
                progress.hasSubscript = true
                word.isPattern = true
                return
            }
            word.text.append(byte)
            progress.openedBracket = true
        case UInt8(ascii: "]"):
            word.text.append(byte)
            // `[` and `[ab` are literal, `[ab]` is a glob.
            if progress.openedBracket, word.text.count > 2 { word.isPattern = true }
        case UInt8(ascii: "*"), UInt8(ascii: "?"):
            word.text.append(byte)
            word.isPattern = true
        case UInt8(ascii: "~"):
            word.text.append(byte)
            if isFirst { word.isPattern = true }
        case UInt8(ascii: "{"):
            word.text.append(byte)
            progress.openedBrace = true
        case UInt8(ascii: ","):
            word.text.append(byte)
            progress.braceSeparated = progress.braceSeparated || progress.openedBrace
        case UInt8(ascii: "."):
            progress.braceSeparated =
                progress.braceSeparated || (progress.openedBrace && word.text.last == UInt8(ascii: "."))
            word.text.append(byte)
        case UInt8(ascii: "}"):
            word.text.append(byte)
            if progress.braceSeparated { word.isPattern = true }
        default:
            word.text.append(byte)
            if Self.isNameByte(byte), !progress.hasSubscript { return }
        }
        progress.mayBeVariable = false
        try extendedGlob(after: byte, into: &word)
    }

    /// Reads `?(…)`, `*(…)`, `+(…)`, `@(…)` and `!(…)`, which can be on by `shopt -s extglob`.
    private mutating func extendedGlob(after byte: UInt8, into word: inout ShellWord) throws(NotUnderstood) {
        switch byte {
        case UInt8(ascii: "?"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "@"), UInt8(ascii: "!"):
            guard position < end, bytes[position] == UInt8(ascii: "(") else { return }
            // `name+()` defines a function.
            guard peekSecond() != UInt8(ascii: ")") else { return }
            advance()
            word.isPattern = true
            try matched(UInt8(ascii: "("), UInt8(ascii: ")"))
        default:
            return
        }
    }

    /// Reads the elements of `name=(…)`.
    private mutating func arrayElements(into word: inout ShellWord) throws(NotUnderstood) {
        advance()
        word.isPattern = true
        while true {
            try skipLines()
            if accept(UInt8(ascii: ")")) { return }
            _ = try nested { reader throws(NotUnderstood) in
                try reader.arrayElement()
            }
        }
    }

    private mutating func arrayElement() throws(NotUnderstood) {
        if accept(UInt8(ascii: "[")) {
            try matched(UInt8(ascii: "["), UInt8(ascii: "]"))
            guard let byte = peek(), !Self.endsWord(byte) else { return }
        }
        _ = try word(acceptsAssignment: false)
    }

    // MARK: Quotes

    mutating func singleQuoted(into word: inout ShellWord) throws(NotUnderstood) {
        word.isQuoted = true
        let start = position
        while position < end, bytes[position] != UInt8(ascii: "'") { position += 1 }
        guard position < end else { throw NotUnderstood("an unterminated quote") }
        word.text += bytes[start..<position]
        position += 1
    }

    mutating func doubleQuoted(into word: inout ShellWord) throws(NotUnderstood) {
        word.isQuoted = true
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                advance()
                return
            case UInt8(ascii: "\\"):
                advance()
                guard position < end else { throw NotUnderstood("an unterminated quote") }
                switch bytes[position] {
                case UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\""), UInt8(ascii: "\\"):
                    break
                default:
                    word.text.append(byte)
                }
                word.text.append(bytes[position])
                position += 1
            case UInt8(ascii: "$"):
                try dollar(into: &word, inDoubleQuotes: true)
            case UInt8(ascii: "`"):
                try backquotes(inDoubleQuotes: true)
                word.hasExpansion = true
            default:
                word.text.append(byte)
                advance()
            }
        }
        throw NotUnderstood("an unterminated quote")
    }

    /// Reads up to the closing character, past quotes, expansions and further pairs of the same kind.
    mutating func matched(_ open: UInt8, _ close: UInt8) throws(NotUnderstood) {
        var count = 1
        var ignored = ShellWord(source: position..<position)
        while let byte = peek() {
            switch byte {
            case close:
                advance()
                count -= 1
                if count == 0 { return }
            case open:
                advance()
                count += 1
            case UInt8(ascii: "\\"):
                advance()
                advance()
            case UInt8(ascii: "'"):
                advance()
                try singleQuoted(into: &ignored)
            case UInt8(ascii: "\""):
                advance()
                try doubleQuoted(into: &ignored)
            case UInt8(ascii: "$"):
                try dollar(into: &ignored, inDoubleQuotes: false)
            case UInt8(ascii: "`"):
                try backquotes(inDoubleQuotes: false)
            default:
                advance()
            }
        }
        throw NotUnderstood("an unterminated bracket")
    }
}
