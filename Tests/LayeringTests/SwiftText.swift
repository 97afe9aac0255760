// SPDX-License-Identifier: Apache-2.0

/// Swift source with its comments and the text of its string literals blanked out.
///
/// Line breaks stay, so line numbers do too; code inside a string interpolation stays as code. What is left can
/// be searched for words without finding the ones that people only write about.
struct SwiftText {
    let code: String

    init(_ source: String) {
        var reader = Reader(source)
        reader.readAll()
        code = String(decoding: reader.output, as: UTF8.self)
    }

    /// The identifiers and keywords of the code, in order.
    var words: [Substring] {
        code.split { !($0.isLetter || $0.isNumber || $0 == "_") }
    }

    /// The modules named by the import declarations of the code.
    var imports: [String] {
        code.split(whereSeparator: { $0.isNewline || $0 == ";" }).compactMap(Self.module(in:))
    }

    /// The names of the types that are declared outside every other declaration.
    var topLevelTypes: Set<String> {
        let kinds: Set<Substring> = ["struct", "class", "enum", "actor", "protocol", "typealias"]
        var names: Set<String> = []
        var depth = 0
        var awaitsName = false
        var word = Substring()
        func ended(_ word: Substring) {
            guard !word.isEmpty, depth == 0 else { return }
            if awaitsName {
                names.insert(String(word))
            }
            awaitsName = kinds.contains(word)
        }
        for index in code.indices {
            let character = code[index]
            if character.isLetter || character.isNumber || character == "_" {
                word = code[(word.isEmpty ? index : word.startIndex)...index]
                continue
            }
            ended(word)
            word = Substring()
            depth += character == "{" ? 1 : character == "}" ? -1 : 0
        }
        ended(word)
        return names
    }

    private static let importKinds: Set<Substring> = [
        "actor", "class", "enum", "func", "let", "macro", "protocol", "struct", "typealias", "var",
    ]

    private static let importModifiers: Set<Substring> = [
        "fileprivate", "internal", "package", "private", "public",
    ]

    private static func module(in statement: Substring) -> String? {
        var words = statement.split(whereSeparator: \.isWhitespace)[...]
        while let first = words.first, first.hasPrefix("@") || importModifiers.contains(first) {
            words.removeFirst()
        }
        guard words.popFirst() == "import", var name = words.popFirst() else { return nil }
        if importKinds.contains(name) {
            guard let next = words.popFirst() else { return nil }
            name = next
        }
        return name.split(separator: ".").first.map { $0.filter { $0 != "`" } }
    }
}

extension SwiftText {
    /// Walks the bytes of a source once, keeping a stack of what it is inside of.
    private struct Reader {
        private enum Place {
            /// Code; inside an interpolation, with the round brackets that are still open.
            case code(openBrackets: Int?)
            case string(hashes: Int, isMultiline: Bool)
        }

        private let bytes: [UInt8]
        private var position = 0
        private var places: [Place] = [.code(openBrackets: nil)]
        private(set) var output: [UInt8] = []

        init(_ source: String) {
            bytes = Array(source.utf8)
            output.reserveCapacity(bytes.count)
        }

        mutating func readAll() {
            while position < bytes.count {
                switch places.last {
                case .string(let hashes, let isMultiline):
                    readString(hashes: hashes, isMultiline: isMultiline)
                case .code(let openBrackets):
                    readCode(openBrackets: openBrackets)
                case nil:
                    places = [.code(openBrackets: nil)]
                }
            }
        }

        private mutating func readCode(openBrackets: Int?) {
            if starts(with: "//") {
                blank { $0.isAtLineEnd }
            } else if starts(with: "/*") {
                blankBlockComment()
            } else if let hashes = hashesBeforeQuote() {
                keep(hashes)
                let isMultiline = starts(with: "\"\"\"")
                keep(isMultiline ? 3 : 1)
                places.append(.string(hashes: hashes, isMultiline: isMultiline))
            } else {
                countBracket(openBrackets)
                keep(1)
            }
        }

        private mutating func countBracket(_ openBrackets: Int?) {
            guard let openBrackets else { return }
            if starts(with: "(") {
                places[places.count - 1] = .code(openBrackets: openBrackets + 1)
            } else if starts(with: ")") {
                places.removeLast()
                if openBrackets > 1 {
                    places.append(.code(openBrackets: openBrackets - 1))
                }
            }
        }

        private mutating func readString(hashes: Int, isMultiline: Bool) {
            let marks = String(repeating: "#", count: hashes)
            let quote = isMultiline ? "\"\"\"" : "\""
            if starts(with: quote + marks) {
                keep(quote.utf8.count + hashes)
                places.removeLast()
            } else if starts(with: "\\" + marks + "(") {
                keep(hashes + 2)
                places.append(.code(openBrackets: 1))
            } else if starts(with: "\\" + marks) {
                blank(hashes + 2)
            } else if isAtLineEnd, !isMultiline {
                places.removeLast()
            } else {
                blank(1)
            }
        }

        private mutating func blankBlockComment() {
            var depth = 0
            repeat {
                if starts(with: "/*") {
                    depth += 1
                    blank(2)
                } else if starts(with: "*/") {
                    depth -= 1
                    blank(2)
                } else {
                    blank(1)
                }
            } while depth > 0 && position < bytes.count
        }

        private var isAtLineEnd: Bool {
            position >= bytes.count || bytes[position] == UInt8(ascii: "\n")
        }

        /// The number of `#` before a quotation mark that starts here, or nothing where none starts.
        private func hashesBeforeQuote() -> Int? {
            var end = position
            while end < bytes.count, bytes[end] == UInt8(ascii: "#") {
                end += 1
            }
            guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return nil }
            return end - position
        }

        private func starts(with text: String) -> Bool {
            bytes[position...].starts(with: text.utf8)
        }

        private mutating func keep(_ count: Int) {
            let end = min(position + count, bytes.count)
            output += bytes[position..<end]
            position = end
        }

        private mutating func blank(_ count: Int) {
            let end = min(position + count, bytes.count)
            output += bytes[position..<end].map { $0 == UInt8(ascii: "\n") ? $0 : UInt8(ascii: " ") }
            position = end
        }

        private mutating func blank(until isEnd: (Reader) -> Bool) {
            while !isEnd(self) {
                blank(1)
            }
        }
    }
}
