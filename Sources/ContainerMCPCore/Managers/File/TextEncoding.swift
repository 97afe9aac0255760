// SPDX-License-Identifier: Apache-2.0

/// How the bytes of a file and the text of an answer belong together.
public enum TextEncoding: String, Sendable, Hashable, CaseIterable {
    /// UTF-8; a byte order mark is part of the text.
    case utf8 = "utf-8"
    /// UTF-8 with a byte order mark, which is written, and taken off where it is.
    case utf8WithMark = "utf-8-sig"
    /// Bytes below 128.
    case ascii
    /// ISO 8859-1: every byte is the character of that number.
    case latin1 = "latin-1"
    /// UTF-16 by its byte order mark, little-endian without; written little-endian with a mark.
    case utf16 = "utf-16"
    /// UTF-16, little-endian; a byte order mark is part of the text.
    case utf16LittleEndian = "utf-16-le"
    /// UTF-16, big-endian; a byte order mark is part of the text.
    case utf16BigEndian = "utf-16-be"
    /// UTF-32 by its byte order mark, little-endian without; written little-endian with a mark.
    case utf32 = "utf-32"
    /// UTF-32, little-endian; a byte order mark is part of the text.
    case utf32LittleEndian = "utf-32-le"
    /// UTF-32, big-endian; a byte order mark is part of the text.
    case utf32BigEndian = "utf-32-be"
    /// Any bytes, as RFC 4648 base64.
    case base64

    private static let aliases: [String: TextEncoding] = [
        "utf8": .utf8, "utf8-sig": .utf8WithMark, "us-ascii": .ascii, "latin1": .latin1,
        "iso-8859-1": .latin1,
        "iso8859-1": .latin1, "utf16": .utf16, "utf-16le": .utf16LittleEndian, "utf-16be": .utf16BigEndian,
        "utf32": .utf32, "utf-32le": .utf32LittleEndian, "utf-32be": .utf32BigEndian,
    ]

    /// Reads the name of an encoding; case doesn't matter, `_` is `-`, and the usual short forms are known.
    ///
    /// - Throws: ``ToolError`` with code `invalidArgument`, with the names that are known.
    public init(parsing name: String) throws(ToolError) {
        let lowered =
            name.utf8.count > 32
            ? ""
            : String(
                decoding: name.utf8.map { byte in
                    switch byte {
                    case 0x41...0x5A: byte | 0x20
                    case 0x5F: 0x2D
                    default: byte
                    }
                },
                as: UTF8.self
            )
        guard let found = TextEncoding(rawValue: lowered) ?? TextEncoding.aliases[lowered] else {
            let known = TextEncoding.allCases.map(\.rawValue).joined(separator: ", ")
            throw ToolError(
                .invalidArgument,
                "The encoding '\(ShownText(name))' is not known; known: \(known)."
            )
        }
        self = found
    }

    /// Whether offsets and limits count bytes, not lines.
    public var countsBytes: Bool { self == .base64 }

    /// Reads text from bytes; nil if the bytes are not valid in this encoding.
    func decode(_ bytes: ArraySlice<UInt8>) -> String? {
        switch self {
        case .utf8:
            return String(validating: bytes, as: UTF8.self)
        case .utf8WithMark:
            return String(
                validating: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes,
                as: UTF8.self
            )
        case .ascii:
            guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        case .latin1:
            var text: [UInt8] = []
            text.reserveCapacity(bytes.count)
            for byte in bytes {
                if byte < 0x80 {
                    text.append(byte)
                } else {
                    text.append(0xC0 | byte >> 6)
                    text.append(0x80 | byte & 0x3F)
                }
            }
            return String(decoding: text, as: UTF8.self)
        case .utf16:
            if bytes.starts(with: [0xFE, 0xFF]) {
                return TextEncoding.utf16BigEndian.decode(bytes.dropFirst(2))
            }
            return TextEncoding.utf16LittleEndian.decode(
                bytes.starts(with: [0xFF, 0xFE]) ? bytes.dropFirst(2) : bytes
            )
        case .utf16LittleEndian, .utf16BigEndian:
            guard bytes.count % 2 == 0 else { return nil }
            let (high, low) = self == .utf16BigEndian ? (0, 1) : (1, 0)
            let units = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map { index in
                UInt16(bytes[index + high]) << 8 | UInt16(bytes[index + low])
            }
            return String(validating: units, as: UTF16.self)
        case .utf32:
            if bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
                return TextEncoding.utf32BigEndian.decode(bytes.dropFirst(4))
            }
            let hasMark = bytes.starts(with: [0xFF, 0xFE, 0, 0])
            return TextEncoding.utf32LittleEndian.decode(hasMark ? bytes.dropFirst(4) : bytes)
        case .utf32LittleEndian, .utf32BigEndian:
            guard bytes.count % 4 == 0 else { return nil }
            let places = self == .utf32BigEndian ? [0, 1, 2, 3] : [3, 2, 1, 0]
            let units = stride(from: bytes.startIndex, to: bytes.endIndex, by: 4).map { index in
                places.reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[index + $1]) }
            }
            return String(validating: units, as: UTF32.self)
        case .base64:
            return Base64.encode(bytes)
        }
    }

    /// Writes text as bytes; nil if this encoding can't hold it, or it is not base64.
    func encode(_ text: String) -> [UInt8]? {
        switch self {
        case .utf8:
            return Array(text.utf8)
        case .utf8WithMark:
            return [0xEF, 0xBB, 0xBF] + text.utf8
        case .ascii:
            guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
            return Array(text.utf8)
        case .latin1:
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.utf8.count)
            for scalar in text.unicodeScalars {
                guard let byte = UInt8(exactly: scalar.value) else { return nil }
                bytes.append(byte)
            }
            return bytes
        case .utf16:
            return TextEncoding.utf16LittleEndian.encode("\u{FEFF}" + text)
        case .utf16LittleEndian, .utf16BigEndian:
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.utf8.count * 2)
            for unit in text.utf16 {
                let high = UInt8(unit >> 8)
                let low = UInt8(truncatingIfNeeded: unit)
                bytes.append(self == .utf16BigEndian ? high : low)
                bytes.append(self == .utf16BigEndian ? low : high)
            }
            return bytes
        case .utf32:
            return TextEncoding.utf32LittleEndian.encode("\u{FEFF}" + text)
        case .utf32LittleEndian, .utf32BigEndian:
            var bytes: [UInt8] = []
            let shifts: [UInt32] = self == .utf32BigEndian ? [24, 16, 8, 0] : [0, 8, 16, 24]
            for scalar in text.unicodeScalars {
                for shift in shifts { bytes.append(UInt8(truncatingIfNeeded: scalar.value >> shift)) }
            }
            return bytes
        case .base64:
            return Base64.decode(text)
        }
    }
}
