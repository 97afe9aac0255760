// SPDX-License-Identifier: Apache-2.0

/// The formats that text in a form can be asked for.
public enum ElicitationTextFormat: String, Sendable, Hashable, CaseIterable {
    /// A mail address.
    case email = "email"
    /// An absolute URI.
    case uri = "uri"
    /// A day, such as `2026-07-28`.
    case date = "date"
    /// A day and a time with an offset, as in RFC 3339.
    case dateTime = "date-time"

    /// Whether a text has the format; of mail addresses and URIs only the outline is looked at.
    func accepts(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        switch self {
        case .email: return Self.isMailAddress(bytes)
        case .uri: return Self.isURI(bytes)
        case .date: return Self.isDate(bytes[...])
        case .dateTime: return Self.isDateTime(bytes)
        }
    }

    private static func isMailAddress(_ bytes: [UInt8]) -> Bool {
        guard bytes.count <= 320, let sign = bytes.lastIndex(of: UInt8(ascii: "@")) else { return false }
        let domain = bytes[(sign + 1)...]
        return sign > 0 && !domain.isEmpty && bytes.allSatisfy { $0 > 0x20 && $0 != 0x7F }
            && domain.allSatisfy { isAlphanumeric($0) || $0 >= 0x80 || "-.[]:".utf8.contains($0) }
            && domain.first != UInt8(ascii: ".") && domain.last != UInt8(ascii: ".")
    }

    private static func isURI(_ bytes: [UInt8]) -> Bool {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), let first = bytes.first else {
            return false
        }
        return isLetter(first) && colon + 1 < bytes.count
            && bytes[..<colon].allSatisfy { isAlphanumeric($0) || "+-.".utf8.contains($0) }
            && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"<>\\^`{|}".utf8.contains($0) }
    }

    private static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
        let digits = Array(bytes)
        guard
            digits.count == 10, digits[4] == UInt8(ascii: "-"), digits[7] == UInt8(ascii: "-"),
            let year = number(digits[0..<4]), let month = number(digits[5..<7]),
            let day = number(digits[8..<10])
        else { return false }
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains(month) && day >= 1 && day <= lengths[month - 1]
    }

    private static func isDateTime(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 20, isDate(bytes[..<10]), bytes[10] | 0x20 == UInt8(ascii: "t") else {
            return false
        }
        guard let time = clock(bytes[11..<16]), bytes[16] == UInt8(ascii: ":"),
            let seconds = number(bytes[17..<19]), seconds <= (time == 1_439 ? 60 : 59)
        else { return false }
        var rest = bytes[19...]
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            let fraction = rest.prefix { isDigit($0) }
            guard !fraction.isEmpty else { return false }
            rest = rest.dropFirst(fraction.count)
        }
        if rest.count == 1 { return (rest.first ?? 0) | 0x20 == UInt8(ascii: "z") }
        guard rest.count == 6, let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
        else { return false }
        return clock(rest.dropFirst()) != nil
    }

    /// The minutes of the day that five characters such as `23:59` name.
    private static func clock(_ bytes: ArraySlice<UInt8>) -> Int? {
        let text = Array(bytes)
        guard text.count == 5, text[2] == UInt8(ascii: ":"), let hours = number(text[0..<2]), hours <= 23,
            let minutes = number(text[3..<5]), minutes <= 59
        else { return nil }
        return hours * 60 + minutes
    }

    /// The number that a few digits write.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits.prefix(4) {
            guard isDigit(digit) else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
}
