// SPDX-License-Identifier: Apache-2.0

/// Recursive-descent reader over the bytes of one shell text.
///
/// The grammar is spread over its extensions. Every construct that can hold another goes through ``nested(_:)``,
/// which bounds the recursion; nothing is read twice except the inside of `((`, which is looked at once per level.
struct ShellReader {
    /// Thrown where the text stops making sense to the reader; says what was not understood.
    struct NotUnderstood: Error {
        let what: String

        init(_ what: String) {
            self.what = what
        }
    }

    let bytes: [UInt8]
    /// Where reading ends; less than the whole inside a here-document.
    var end: Int
    var position = 0
    var depth: Int
    /// How many `$(`, `<(` or `>(` of this text are open: there a here-document may end before a `)`.
    var openSubstitutions = 0
    var findings: CommandLineFindings
    var pendingHereDocuments: [HereDocument] = []

    init(_ bytes: [UInt8], depth: Int, findings: CommandLineFindings) {
        self.bytes = bytes
        self.end = bytes.count
        self.depth = depth
        self.findings = findings
    }

    /// Reads the whole text as a list of commands; what is not understood is noted in the findings.
    mutating func readAll() {
        do throws(NotUnderstood) {
            let (stop, _) = try list()
            guard stop == .end else { throw NotUnderstood("a syntax error") }
        } catch {
            findings.skip(error.what)
        }
    }

    /// Reads a text that the shell parses on its own.
    ///
    /// It takes one level of the depth for backquotes, which shrink with every level, and more for the text of an
    /// `eval`, which can be read again nearly whole at each.
    mutating func readNestedText(_ text: [UInt8], levels: Int = 1) throws(NotUnderstood) {
        guard depth + levels <= CommandLineParser.maximumDepth else { throw NotUnderstood("deep nesting") }
        // Moved, not copied: a line can hold thousands of nested texts.
        var moved = CommandLineFindings()
        swap(&moved, &findings)
        var inner = ShellReader(text, depth: depth + levels, findings: consume moved)
        inner.readAll()
        swap(&findings, &inner.findings)
    }

    mutating func nested<Result>(
        _ body: (inout ShellReader) throws(NotUnderstood) -> Result
    ) throws(NotUnderstood) -> Result {
        guard depth < CommandLineParser.maximumDepth else { throw NotUnderstood("deep nesting") }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    // MARK: Characters

    /// The next byte, past any line continuation.
    mutating func peek() -> UInt8? {
        position = skippingContinuations(position)
        return position < end ? bytes[position] : nil
    }

    /// The byte after the next one, past any line continuation; call `peek()` first.
    func peekSecond() -> UInt8? {
        let second = skippingContinuations(position + 1)
        return second < end ? bytes[second] : nil
    }

    mutating func advance() {
        position = min(position + 1, end)
    }

    /// Consumes the byte if it comes next.
    mutating func accept(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        advance()
        return true
    }

    mutating func expect(_ byte: UInt8, _ what: String) throws(NotUnderstood) {
        guard accept(byte) else { throw NotUnderstood(what) }
    }

    private func skippingContinuations(_ start: Int) -> Int {
        var index = start
        while index + 1 < end, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "\n") {
            index += 2
        }
        return index
    }

    // MARK: Blanks

    /// Skips spaces, tabs, and a comment up to the end of its line.
    mutating func skipBlanks() {
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                advance()
            case UInt8(ascii: "#"):
                while position < end, bytes[position] != UInt8(ascii: "\n") { position += 1 }
                return
            default:
                return
            }
        }
    }

    /// Skips blanks, comments and line ends; here-documents begin after a line end.
    mutating func skipLines() throws(NotUnderstood) {
        while true {
            skipBlanks()
            guard peek() == UInt8(ascii: "\n") else { return }
            advance()
            try readHereDocuments()
        }
    }

    // MARK: Reserved words

    /// The reserved word that comes next, if one does; call only where bash recognises them, after blanks.
    mutating func peekReserved() -> String? {
        guard let first = peek() else { return nil }
        switch first {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "!"),
            UInt8(ascii: "["), UInt8(ascii: "]"):
            break
        default:
            return nil
        }
        var index = position
        while index < end, index - position <= 8, !Self.endsWord(bytes[index]) { index += 1 }
        guard index == end || Self.endsWord(bytes[index]) else { return nil }
        let word = Array(bytes[position..<index])
        return BashVocabulary.isReserved(word) ? String(decoding: word, as: UTF8.self) : nil
    }

    /// Consumes the reserved word if it comes next.
    mutating func acceptReserved(_ word: String) -> Bool {
        guard peekReserved() == word else { return false }
        position += word.utf8.count
        return true
    }

    /// Whether an unquoted byte ends a word.
    static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: ";"), UInt8(ascii: "&"),
            UInt8(ascii: "|"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"):
            true
        default:
            false
        }
    }
}
