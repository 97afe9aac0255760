// SPDX-License-Identifier: Apache-2.0

extension ShellReader {
    /// Reads assignments, words and redirections up to the end of a simple command, and notes its name.
    mutating func simpleCommand(startingWith first: ShellWord? = nil) throws(NotUnderstood) {
        var words: [ShellWord] = []
        var isBare = true
        var isEmpty = true
        if let first {
            isEmpty = false
            if isDescriptor(first) {
                try redirection()
                isBare = false
            } else if first.isAssignment {
                isBare = false
            } else {
                words.append(first)
            }
        }
        reading: while true {
            skipBlanks()
            guard let byte = peek() else { break }
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: ")"):
                break reading
            case UInt8(ascii: "&"):
                guard peekSecond() == UInt8(ascii: ">") else { break reading }
                try redirection()
                isBare = false
            case UInt8(ascii: "<"), UInt8(ascii: ">"):
                guard peekSecond() != UInt8(ascii: "(") else {
                    words.append(try nestedWord(acceptsAssignment: false))
                    break
                }
                try redirection()
                isBare = false
            case UInt8(ascii: "("):
                guard isBare, words.count == 1, let name = words.first else {
                    throw NotUnderstood("a syntax error")
                }
                advance()
                skipBlanks()
                try expect(UInt8(ascii: ")"), "a syntax error")
                return try functionBody(name)
            default:
                let isDeclaration = words.first.map { BashVocabulary.isDeclaration($0.text) } ?? true
                let word = try nestedWord(acceptsAssignment: isDeclaration)
                if isDescriptor(word) {
                    try redirection()
                    isBare = false
                } else if words.isEmpty, word.isAssignment {
                    isBare = false
                } else {
                    // Written with a continuation inside, it is still a reserved word to bash.
                    if isEmpty, !word.isQuoted, word.isLiteral, word.text.count < word.source.count,
                        BashVocabulary.isReserved(word.text)
                    {
                        throw NotUnderstood("a reserved word over two lines")
                    }
                    words.append(word)
                }
            }
            isEmpty = false
        }
        guard !isEmpty else { throw NotUnderstood("a syntax error") }
        try note(words[...], bypassesShell: false)
    }

    private mutating func nestedWord(acceptsAssignment: Bool) throws(NotUnderstood) -> ShellWord {
        try nested { reader throws(NotUnderstood) in
            try reader.word(acceptsAssignment: acceptsAssignment)
        }
    }

    /// Whether the word is the `2` of `2>` or the `{name}` of `{name}>`.
    func isDescriptor(_ word: ShellWord) -> Bool {
        guard position < end, bytes[position] == UInt8(ascii: "<") || bytes[position] == UInt8(ascii: ">"),
            word.source.upperBound == position, word.isLiteral, !word.isQuoted
        else { return false }
        if word.text.allSatisfy(Self.isDigit) { return true }
        guard word.text.count > 2, word.text.first == UInt8(ascii: "{"), word.text.last == UInt8(ascii: "}")
        else {
            return false
        }
        return word.text.dropFirst().dropLast().allSatisfy(Self.isNameByte)
    }

    /// Reads a redirection that begins here with its operator.
    mutating func redirection() throws(NotUnderstood) {
        if accept(UInt8(ascii: "&")) {
            advance()
            _ = accept(UInt8(ascii: ">"))
        } else if accept(UInt8(ascii: "<")) {
            if accept(UInt8(ascii: "<")) {
                if !accept(UInt8(ascii: "<")) {
                    let stripsTabs = accept(UInt8(ascii: "-"))
                    return try hereDocumentDelimiter(stripsTabs: stripsTabs)
                }
            } else if !accept(UInt8(ascii: "&")) {
                _ = accept(UInt8(ascii: ">"))
            }
        } else {
            advance()
            _ = accept(UInt8(ascii: ">")) || accept(UInt8(ascii: "&")) || accept(UInt8(ascii: "|"))
        }
        skipBlanks()
        _ = try nestedWord(acceptsAssignment: false)
    }

    // MARK: Names

    /// Notes which command the words run, looking through builtins that run another.
    private mutating func note(_ words: ArraySlice<ShellWord>, bypassesShell: Bool) throws(NotUnderstood) {
        var words = words
        var bypassesShell = bypassesShell
        while let word = words.first {
            guard word.isLiteral, !word.text.isEmpty else {
                findings.skip("a command name that is only known when it runs")
                return
            }
            findings.addCommand(word.text, bypassesShell: bypassesShell)
            guard !bypassesShell else { return }
            words = words.dropFirst()
            switch String(decoding: word.text, as: UTF8.self) {
            case "builtin":
                break
            case "command":
                guard let options = skipOptions(&words) else { return }
                if options.contains("v") || options.contains("V") { return }
            case "exec":
                guard skipOptions(&words, taking: "a") != nil else { return }
                bypassesShell = true
            case "eval":
                return try evaluate(words)
            case "trap":
                return try noteTrap(words)
            case "alias":
                for word in words {
                    if let name = word.nameBeforeEquals { findings.addAlias(name) }
                }
                return
            case "enable":
                if let options = skipOptions(&words, taking: "f"), options.contains("f") {
                    findings.loadsBuiltins = true
                }
                return
            case ".", "source":
                findings.skip("a script that is read when it runs")
                return
            default:
                return
            }
        }
    }

    /// Drops literal options from the front and returns their letters, or nil where one can't be read.
    private mutating func skipOptions(
        _ words: inout ArraySlice<ShellWord>,
        taking argument: Character? = nil
    ) -> String? {
        var letters = ""
        while let word = words.first {
            guard word.isLiteral else {
                findings.skip("a command name that is only known when it runs")
                return nil
            }
            guard word.text.first == UInt8(ascii: "-"), word.text.count > 1 else { return letters }
            words = words.dropFirst()
            if word.text.elementsEqual("--".utf8) { return letters }
            let cluster = String(decoding: word.text.dropFirst(), as: UTF8.self)
            letters += cluster
            if let argument, cluster.last == argument { words = words.dropFirst() }
        }
        return letters
    }

    /// Reads the text that `eval` runs, where all of it is known.
    private mutating func evaluate(_ words: ArraySlice<ShellWord>) throws(NotUnderstood) {
        guard words.allSatisfy(\.isLiteral) else {
            findings.skip("the text of an eval")
            return
        }
        var words = words
        if words.first?.text.elementsEqual("--".utf8) == true { words = words.dropFirst() }
        try readNestedText(Array(words.map(\.text).joined(separator: [UInt8(ascii: " ")])), levels: 8)
    }

    /// Reads the action of `trap ACTION SIGNAL…`.
    private mutating func noteTrap(_ words: ArraySlice<ShellWord>) throws(NotUnderstood) {
        var words = words
        if words.first?.text.elementsEqual("--".utf8) == true { words = words.dropFirst() }
        guard words.count > 1, let action = words.first else { return }
        guard action.isLiteral else {
            findings.skip("the action of a trap")
            return
        }
        guard action.text.first != UInt8(ascii: "-") else { return }
        try readNestedText(action.text, levels: 8)
    }
}
