// SPDX-License-Identifier: Apache-2.0

/// A URI template of RFC 6570, level 1, made ready for matching.
struct URIPattern: Sendable, Equatable {
    private static let slash = UInt8(ascii: "/")
    /// No URI of ours is longer, in bytes.
    private static let longestURI = 8_192

    /// What stands before the first variable.
    private let start: [UInt8]
    /// Each variable with what stands after it.
    private let parts: [(name: String, literal: [UInt8])]

    var variables: [String] { parts.map(\.name) }

    /// Reads a template; nil if it uses more than plain variables with different names.
    init?(_ template: String) {
        var pieces: [[UInt8]] = [[]]
        var names: [String] = []
        var name: [UInt8]?
        for byte in template.utf8 {
            switch (byte, name) {
            case (UInt8(ascii: "{"), nil):
                name = []
            case (UInt8(ascii: "}"), let read?):
                let text = String(decoding: read, as: UTF8.self)
                guard Self.isName(read), !names.contains(text) else { return nil }
                names.append(text)
                pieces.append([])
                name = nil
            case (UInt8(ascii: "{"), _), (UInt8(ascii: "}"), _):
                return nil
            case (_, nil):
                pieces[pieces.count - 1].append(byte)
            case (_, _?):
                name?.append(byte)
            }
        }
        guard name == nil else { return nil }
        start = pieces[0]
        parts = zip(names, pieces.dropFirst()).map { ($0, $1) }
    }

    private static func isName(_ bytes: [UInt8]) -> Bool {
        !bytes.isEmpty
            && bytes.allSatisfy { byte in
                let letter = byte | 0x20
                return (letter >= 0x61 && letter <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
                    || byte == UInt8(ascii: "_")
            }
    }

    static func == (left: URIPattern, right: URIPattern) -> Bool {
        left.start == right.start
            && left.parts.elementsEqual(right.parts) { $0.name == $1.name && $0.literal == $1.literal }
    }

    /// The values of the variables in a URI, decoded; nil if it does not match.
    ///
    /// Each variable takes as little as it can. That never misses a match: what it leaves can be taken by
    /// the next one, since neither may hold a slash.
    func match(_ uri: String) -> [String: String]? {
        guard uri.utf8.count <= Self.longestURI else { return nil }
        let bytes = Array(uri.utf8)
        guard bytes.starts(with: start) else { return nil }
        var values: [String: String] = [:]
        var position = start.count
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            guard
                let end = isLast
                    ? Self.endOfLast(part.literal, bytes, from: position)
                    : Self.end(before: part.literal, bytes, from: position),
                let value = Self.decoded(bytes[position..<end])
            else { return nil }
            values[part.name] = value
            position = end + part.literal.count
        }
        return position == bytes.count ? values : nil
    }

    /// Where a variable ends that stands before a literal.
    private static func end(before literal: [UInt8], _ bytes: [UInt8], from start: Int) -> Int? {
        var end = start
        while end < bytes.count, bytes[end] != slash {
            end += 1
            if bytes[end...].starts(with: literal) { return end }
        }
        return nil
    }

    /// Where the last variable ends, after which nothing but the literal stands.
    private static func endOfLast(_ literal: [UInt8], _ bytes: [UInt8], from start: Int) -> Int? {
        let end = bytes.count - literal.count
        guard end > start, bytes[end...].elementsEqual(literal), !bytes[start..<end].contains(slash) else {
            return nil
        }
        return end
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            result.append(high << 4 | low)
        }
        guard let text = String(validating: result, as: UTF8.self), !text.utf8.contains(0) else { return nil }
        let segments = result.split(separator: slash, omittingEmptySubsequences: false)
        let leavesDirectory =
            result.first == slash
            || segments.contains { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }
        return leavesDirectory ? nil : text
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 0x61 + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 0x41 + 10
        default: nil
        }
    }
}
