// SPDX-License-Identifier: Apache-2.0

/// The value of a header that repeats a part of a 2026-07-28 body.
public enum MirroredValue {
    private static let opening = "=?base64?"
    private static let closing = "?="

    /// Decodes a header value.
    ///
    /// Space and tab around it do not count. A value inside both base64 markers is decoded strictly; any
    /// other one is literal, also with one marker only.
    ///
    /// - Returns: The value, or nil if it is neither visible ASCII nor correct base64 of UTF-8.
    public static func decode(_ raw: String) -> String? {
        let value = trimmed(raw)
        guard value.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 }) else { return nil }
        guard
            value.utf8.count >= opening.utf8.count + closing.utf8.count,
            value.hasPrefix(opening),
            value.hasSuffix(closing)
        else { return value }
        let encoded = value.utf8.dropFirst(opening.utf8.count).dropLast(closing.utf8.count)
        guard let bytes = Base64.decode(encoded) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The value without space and tab around it.
    public static func trimmed(_ raw: String) -> String {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let start = raw.utf8.drop(while: isSpace)
        guard let last = start.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(Substring(start[...last]))
    }
}
