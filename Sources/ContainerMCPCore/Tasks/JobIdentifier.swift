// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// The identifiers of jobs: 192 random bits in base64url, after the tag of the replica where there are several.
///
/// Where nobody is authenticated the identifier is the only secret, so logs show ``loggedName(of:)`` in its place.
public enum JobIdentifier {
    private static let longestTag = 32
    /// Tag, hyphen, 32 digits.
    private static let longestText = longestTag + 1 + 32

    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The name of a job for logs and the audit log: the beginning of its hash.
    ///
    /// - Parameter id: The identifier, or what a client gave out as one.
    /// - Returns: 12 hexadecimal digits.
    public static func loggedName(of id: String) -> String {
        String(hash(of: id).prefix(12))
    }

    /// Makes an identifier.
    ///
    /// - Parameter tag: What it begins with; characters that a header field can't carry are left out.
    /// - Returns: The identifier.
    static func make(tag: String?) -> String {
        // The system's generator asks the kernel for every word, so nothing that was seen before helps a guess.
        var generator = SystemRandomNumberGenerator()
        var text: [UInt8] = []
        for _ in 0..<4 {
            // 48 bits are eight digits.
            var word: UInt64 = generator.next() & 0xFFFF_FFFF_FFFF
            for _ in 0..<8 {
                text.append(digits[Int(word & 0x3F)])
                word >>= 6
            }
        }
        let prefix = (tag ?? "").utf8.filter(isDigit).prefix(longestTag)
        return String(decoding: prefix + (prefix.isEmpty ? [] : [UInt8(ascii: "-")]) + text, as: UTF8.self)
    }

    /// Whether a text could be an identifier.
    ///
    /// Asked before every look-up, since Swift's dictionaries would find a text that is only equivalent.
    static func isWellFormed(_ text: String) -> Bool {
        let bytes = text.utf8
        return (32...longestText).contains(bytes.count) && bytes.allSatisfy(isDigit)
    }

    /// The SHA-256 of an identifier, in 64 hexadecimal digits.
    static func hash(of id: String) -> String {
        let hexadecimal = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in SHA256.hash(data: Array(id.utf8)) {
            text.append(hexadecimal[Int(byte >> 4)])
            text.append(hexadecimal[Int(byte & 0xF)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
