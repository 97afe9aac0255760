// SPDX-License-Identifier: Apache-2.0

extension SettingKind {
    /// The longest value of any setting: 64 KiB.
    static let maximumValueBytes = 65_536
    /// The most words in a list.
    static let maximumWords = 4_096

    /// Reads a value; `directory` is where relative paths start from.
    func parse(_ text: String, directory: String) throws(SettingFault) -> SettingValue {
        guard text.utf8.count <= Self.maximumValueBytes else {
            throw SettingFault(reason: "longer than \(Self.maximumValueBytes) bytes")
        }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw SettingFault(reason: "holds a control character")
        }
        if case .list(let form) = self { return .list(try Self.words(text, form)) }
        let word = SettingText.trimmed(text)
        guard !word.isEmpty else {
            throw SettingFault(reason: "empty; give a value or remove the key")
        }
        switch self {
        case .boolean: return .boolean(try Self.boolean(word))
        case .integer(let range, _): return .integer(try Self.integer(word, range))
        case .choice(let words): return .text(try Self.choice(word, words))
        case .file, .folder: return .text(try Self.path(word, directory))
        case .text(.secureAddressOrFile) where !word.contains("://"):
            return .text(try Self.path(word, directory))
        case .text(let form): return .text(try form.normalized(word))
        case .list: return .list([])
        }
    }

    private static func boolean(_ word: String) throws(SettingFault) -> Bool {
        switch SettingText.lowercased(word) {
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off": return false
        default: throw SettingFault(reason: "neither true nor false")
        }
    }

    private static func integer(_ word: String, _ range: ClosedRange<Int>) throws(SettingFault) -> Int {
        guard !word.isEmpty, word.utf8.allSatisfy({ SettingText.isDigit($0) || $0 == UInt8(ascii: "-") })
        else {
            throw SettingFault(reason: "not a whole number")
        }
        guard let number = Int(word) else {
            throw SettingFault(
                reason: word.utf8.dropFirst().contains(UInt8(ascii: "-")) || word == "-"
                    ? "not a whole number" : "out of range"
            )
        }
        guard range.contains(number) else { throw SettingFault(reason: "out of range") }
        return number
    }

    private static func choice(_ word: String, _ words: [String]) throws(SettingFault) -> String {
        let lower = SettingText.lowercased(word)
        guard let match = words.first(where: { SettingText.lowercased($0) == lower }) else {
            throw SettingFault(reason: "not one of the words that are known")
        }
        return match
    }

    private static func path(_ word: String, _ directory: String) throws(SettingFault) -> String {
        guard !word.utf8.starts(with: "~".utf8) else {
            throw SettingFault(reason: "begins with ~, which only shells replace; write the folder out")
        }
        guard let path = HostPath.absolute(word, from: directory) else {
            throw SettingFault(reason: "no path that a file can have")
        }
        return path
    }

    /// A comma too many is a typing error that may hide a missing word, so it is not skipped.
    private static func words(_ text: String, _ form: SettingForm) throws(SettingFault) -> [String] {
        guard !SettingText.trimmed(text).isEmpty else { return [] }
        var words: [String] = []
        var seen: Set<String> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let word = SettingText.trimmed(part)
            guard !word.isEmpty else {
                throw SettingFault(reason: "holds an empty word; remove the comma that is too much")
            }
            let normal = try form.normalized(word)
            guard seen.insert(normal).inserted else { continue }
            words.append(normal)
            guard words.count <= maximumWords else {
                throw SettingFault(reason: "holds more than \(maximumWords) words")
            }
        }
        return words
    }
}
