// SPDX-License-Identifier: Apache-2.0

extension ShellReader {
    /// Reads the delimiter of a here-document after `<<` or `<<-`.
    mutating func hereDocumentDelimiter(stripsTabs: Bool) throws(NotUnderstood) {
        skipBlanks()
        let word = try word(acceptsAssignment: false)
        let delimiter: [UInt8]
        if word.hasExpansion {
            // Nothing is expanded in a delimiter; `<<$x` ends at a line `$x`.
            guard !word.isQuoted else { throw NotUnderstood("the delimiter of a here-document") }
            delimiter = Array(bytes[word.source])
        } else {
            delimiter = word.text
        }
        pendingHereDocuments.append(
            HereDocument(delimiter: delimiter, isQuoted: word.isQuoted, stripsTabs: stripsTabs)
        )
    }

    /// Reads the bodies of the here-documents that were announced on the line that just ended.
    mutating func readHereDocuments() throws(NotUnderstood) {
        let documents = pendingHereDocuments
        pendingHereDocuments = []
        for document in documents {
            let start = position
            let bodyEnd = skipHereDocument(document)
            guard !document.isQuoted else { continue }
            let next = position
            let outerEnd = end
            position = start
            end = bodyEnd
            try hereDocumentBody()
            end = outerEnd
            position = next
        }
    }

    /// Moves past the line that ends the document, and returns where its body ends.
    private mutating func skipHereDocument(_ document: HereDocument) -> Int {
        while position < end {
            let lineStart = position
            var line: [UInt8] = []
            // An unquoted body joins lines at a backslash before it looks for the delimiter.
            while true {
                let partStart = position
                while position < end, bytes[position] != UInt8(ascii: "\n") { position += 1 }
                line += bytes[partStart..<position]
                guard position < end else { break }
                position += 1
                guard !document.isQuoted, endsInContinuation(partStart..<(position - 1)) else { break }
                line.removeLast()
            }
            var text = line[...]
            if document.stripsTabs { text = text.drop { $0 == UInt8(ascii: "\t") } }
            if text.elementsEqual(document.delimiter) { return lineStart }
            if openSubstitutions > 0, text.starts(with: document.delimiter),
                text.dropFirst(document.delimiter.count).contains(UInt8(ascii: ")"))
            {
                // Inside a substitution bash takes `EOF)` for the end of the document.
                let rest = text.count - document.delimiter.count
                let newline = bytes[position - 1] == UInt8(ascii: "\n") ? 1 : 0
                position -= rest + newline
                return lineStart
            }
        }
        return end
    }

    private func endsInContinuation(_ line: Range<Int>) -> Bool {
        let backslashes = bytes[line].reversed().prefix { $0 == UInt8(ascii: "\\") }.count
        return backslashes % 2 == 1
    }

    /// Reads the substitutions in an unquoted body.
    private mutating func hereDocumentBody() throws(NotUnderstood) {
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\\"):
                advance()
                advance()
            case UInt8(ascii: "$"):
                var ignored = ShellWord(source: position..<position)
                try dollar(into: &ignored, inDoubleQuotes: true)
            case UInt8(ascii: "`"):
                try backquotes(inDoubleQuotes: false)
            default:
                advance()
            }
        }
    }
}
