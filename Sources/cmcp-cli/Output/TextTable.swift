// SPDX-License-Identifier: Apache-2.0

/// Columns of text; the last one is wrapped where the terminal ends.
struct TextTable {
    /// How one cell is coloured; sees the text of the cell.
    typealias Colouring = (_ column: Int, _ text: String) -> ColouredText.Colour?

    private let header: [String]
    private var rows: [[String]] = []
    private let rightAligned: Set<Int>

    init(_ header: [String], rightAligned: Set<Int> = []) {
        self.header = header
        self.rightAligned = rightAligned
    }

    mutating func add(_ cells: [String]) {
        rows.append(cells.map(TerminalText.word))
    }

    /// Writes the table.
    func write(to stream: TextStream, colouring: Colouring = { _, _ in nil }) {
        let all = [header] + rows
        let widths = header.indices.map { column in
            all.map { TerminalText.columns($0[column]) }.max() ?? 0
        }
        let last = header.count - 1
        let indent = widths.dropLast().reduce(0) { $0 + $1 + 2 }
        let room = stream.width.map { $0 - indent }.flatMap { $0 >= 20 ? $0 : nil }
        let hasColours = stream.hasColours
        var text = ""
        for (number, row) in all.enumerated() {
            let wrapped = room.map { Self.wrapped(row[last], to: $0) } ?? [row[last]]
            var line = ""
            for column in 0..<last {
                let padding = String(
                    repeating: " ",
                    count: widths[column] - TerminalText.columns(row[column])
                )
                let colour = number == 0 ? ColouredText.Colour.bold : colouring(column, row[column])
                let cell = hasColours ? ColouredText.text(row[column], colour) : row[column]
                line += (rightAligned.contains(column) ? padding + cell : cell + padding) + "  "
            }
            for part in wrapped {
                let colour = number == 0 ? ColouredText.Colour.bold : colouring(last, part)
                line += hasColours ? ColouredText.text(part, colour) : part
                text += Self.withoutTrailingBlanks(line) + "\n"
                line = String(repeating: " ", count: indent)
            }
        }
        stream.write(text)
    }

    private static func withoutTrailingBlanks(_ text: String) -> String {
        guard text.utf8.last == UInt8(ascii: " ") else { return text }
        var text = text
        while text.utf8.last == UInt8(ascii: " ") { text.unicodeScalars.removeLast() }
        return text
    }

    /// Breaks a text at blanks; a word that is longer than a line is broken where the line ends.
    static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        var used = 0
        for word in text.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false) {
            var rest = String(word)
            var length = TerminalText.columns(rest)
            if used > 0, used + 1 + length > width {
                lines.append(line)
                (line, used) = ("", 0)
            } else if !line.isEmpty {
                line += " "
                used += 1
            }
            while length > width {
                let head = String(String.UnicodeScalarView(rest.unicodeScalars.prefix(max(1, width - used))))
                lines.append(line + head)
                (line, used) = ("", 0)
                let tail = rest.unicodeScalars.dropFirst(head.unicodeScalars.count)
                rest = String(String.UnicodeScalarView(tail))
                length = TerminalText.columns(rest)
            }
            line += rest
            used += length
        }
        return lines + [line]
    }
}
