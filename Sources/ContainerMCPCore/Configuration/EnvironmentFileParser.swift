// SPDX-License-Identifier: Apache-2.0

/// Goes through the lines of an environment file once, front to back.
struct EnvironmentFileParser {
    private(set) var entries: [EnvironmentFile.Entry] = []
    private(set) var problems: [EnvironmentFileError.Problem] = []
    private var firstLine: [String: Int] = [:]

    private static let maximumProblems = 100

    private struct Fault: Error {
        let reason: String
    }

    mutating func parse(_ bytes: [UInt8]) {
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        var number = 0
        while !rest.isEmpty, problems.count < Self.maximumProblems {
            number += 1
            let end = rest.firstIndex(of: SettingText.lineFeed) ?? rest.endIndex
            var line = rest[..<end]
            rest = rest[min(end + 1, rest.endIndex)...]
            if line.last == SettingText.carriageReturn { line = line.dropLast() }
            do {
                try parse(line: line, number: number)
            } catch {
                problems.append(.init(line: number, reason: error.reason))
            }
        }
    }

    private mutating func parse(line bytes: ArraySlice<UInt8>, number: Int) throws(Fault) {
        guard !bytes.contains(where: { ($0 < 0x20 && $0 != SettingText.tab) || $0 == 0x7F }) else {
            throw Fault(reason: "control character; remove it")
        }
        guard let line = String(validating: bytes, as: UTF8.self) else {
            throw Fault(reason: "not UTF-8; save the file as UTF-8")
        }
        var text = Self.trimmed(line.utf8[...])
        guard let first = text.first, first != SettingText.hash else { return }
        if text.starts(with: "export".utf8), let blank = text.dropFirst(6).first, Self.isBlank(blank) {
            text = Self.trimmed(text.dropFirst(6))
        }
        guard let equals = text.firstIndex(of: SettingText.equals) else {
            throw Fault(reason: "no '='; write KEY=value, or begin the line with # for a comment")
        }
        let name = Self.trimmed(text[..<equals])
        guard Self.isName(name), let key = String(name) else {
            throw Fault(
                reason: "the name before '=' must be letters, digits and _, not beginning with a digit"
            )
        }
        let value = try Self.value(
            Self.trimmed(text[text.index(after: equals)...]),
            after: text[equals...],
            key: key
        )
        if let earlier = firstLine[key] {
            throw Fault(
                reason:
                    "\(SettingText.shown(key)) is given twice, on lines \(earlier) and \(number); keep one"
            )
        }
        firstLine[key] = number
        entries.append(.init(key: key, value: value, line: number))
    }

    private static func value(
        _ text: Substring.UTF8View,
        after assignment: Substring.UTF8View,
        key: String
    ) throws(Fault) -> String {
        let name = SettingText.shown(key)
        switch text.first {
        case nil:
            return ""
        case SettingText.singleQuote:
            let inner = text.dropFirst()
            guard let end = inner.firstIndex(of: SettingText.singleQuote) else {
                throw Fault(reason: "\(name): the single quote is not closed on this line")
            }
            try requireEnd(inner[inner.index(after: end)...], key: name)
            return String(Substring(inner[..<end]))
        case SettingText.doubleQuote:
            return try doubleQuoted(text.dropFirst(), key: name)
        case SettingText.hash where assignment.dropFirst().first.map(isBlank) == true:
            return ""
        default:
            return try unquoted(text, key: name)
        }
    }

    private static func doubleQuoted(_ text: Substring.UTF8View, key: String) throws(Fault) -> String {
        var bytes: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index = text.index(after: index)
            if byte == SettingText.doubleQuote {
                try requireEnd(text[index...], key: key)
                return String(decoding: bytes, as: UTF8.self)
            }
            guard byte == SettingText.backslash else {
                bytes.append(byte)
                continue
            }
            guard index < text.endIndex, let escaped = escapes[text[index]] else {
                throw Fault(
                    reason:
                        "\(key): unknown escape in double quotes; write \\\\ for a backslash, or use single quotes"
                )
            }
            bytes.append(escaped)
            index = text.index(after: index)
        }
        throw Fault(reason: "\(key): the double quote is not closed on this line")
    }

    private static func unquoted(_ text: Substring.UTF8View, key: String) throws(Fault) -> String {
        var end = text.endIndex
        var wasBlank = false
        for index in text.indices {
            let byte = text[index]
            if byte == SettingText.hash, wasBlank {
                end = index
                break
            }
            guard byte != SettingText.singleQuote, byte != SettingText.doubleQuote else {
                throw Fault(reason: "\(key): quotes must stand around the whole value")
            }
            wasBlank = isBlank(byte)
        }
        return String(Substring(trimmed(text[..<end])))
    }

    /// After a closing quote only blanks and a comment may follow.
    private static func requireEnd(_ rest: Substring.UTF8View, key: String) throws(Fault) {
        let text = trimmed(rest)
        guard let first = text.first else { return }
        guard first == SettingText.hash, rest.first.map(isBlank) == true else {
            throw Fault(reason: "\(key): there is text after the closing quote; quote the whole value")
        }
    }

    private static let escapes: [UInt8: UInt8] = [
        SettingText.backslash: SettingText.backslash,
        SettingText.doubleQuote: SettingText.doubleQuote,
        UInt8(ascii: "$"): UInt8(ascii: "$"),
        UInt8(ascii: "n"): SettingText.lineFeed,
        UInt8(ascii: "r"): SettingText.carriageReturn,
        UInt8(ascii: "t"): SettingText.tab,
    ]

    private static func isName(_ text: Substring.UTF8View) -> Bool {
        guard let first = text.first, !SettingText.isDigit(first), text.count <= 128 else { return false }
        return text.allSatisfy {
            SettingText.isLetter($0) || SettingText.isDigit($0) || $0 == SettingText.underscore
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == SettingText.space || byte == SettingText.tab
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text = text.dropLast() }
        return text
    }
}
