// SPDX-License-Identifier: Apache-2.0

/// Names one event of one stream of one session, for a client that goes on after a break.
///
/// It is written `<stream>-<number>`. The number is that of the event, from 1 on; 0 stands for the place
/// before the first.
struct EventID: Sendable, Hashable, CustomStringConvertible {
    /// The name of the stream, such as `p7.5f0c93aa`.
    let stream: String
    let number: UInt64

    /// Longer texts are not looked at.
    static let longest = 64

    init(stream: String, number: UInt64) {
        self.stream = stream
        self.number = number
    }

    /// Reads what a client sent as `Last-Event-ID`.
    ///
    /// - Returns: Nil unless it is written exactly as an event carries it.
    init?(_ text: String) {
        let bytes = Array(text.utf8.prefix(Self.longest + 1))
        guard bytes.count <= Self.longest, let dash = bytes.lastIndex(of: UInt8(ascii: "-")) else {
            return nil
        }
        let (name, digits) = (bytes[..<dash], bytes[(dash + 1)...])
        guard !name.isEmpty, name.allSatisfy(Self.isNameByte) else { return nil }
        guard (1...18).contains(digits.count), digits.allSatisfy(ASCIIText.isDigit),
            digits.count == 1 || digits.first != UInt8(ascii: "0")
        else { return nil }
        stream = String(decoding: name, as: UTF8.self)
        number = digits.reduce(0) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        ASCIIText.isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || byte == UInt8(ascii: ".")
    }

    var description: String { "\(stream)-\(number)" }
}
