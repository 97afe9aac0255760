// SPDX-License-Identifier: Apache-2.0

extension JSONParser {
    /// Reads a string whose opening quote is at the position.
    mutating func string(_ bytes: Span<UInt8>) throws(JSONParsingError) -> String {
        let opening = position
        position += 1
        let start = position
        position = JSONText.firstSpecial(in: bytes, from: start)
        if position < bytes.count, bytes[position] == JSONText.quote {
            defer { position += 1 }
            return try text(bytes.extracting(start..<position), offset: start)
        }
        scratch.removeAll(keepingCapacity: scratch.capacity <= 65_536)
        JSONText.append(bytes, start..<position, to: &scratch)
        while position < bytes.count {
            switch bytes[position] {
            case JSONText.quote:
                position += 1
                return try text(scratch.span, offset: opening)
            case JSONText.backslash:
                try escape(bytes)
            default:
                throw failure("a control character in a string")
            }
            let run = position
            position = JSONText.firstSpecial(in: bytes, from: run)
            JSONText.append(bytes, run..<position, to: &scratch)
        }
        throw failure("the text ends inside a string")
    }

    private func text(_ bytes: Span<UInt8>, offset: Int) throws(JSONParsingError) -> String {
        do {
            return String(copying: try UTF8Span(validating: bytes))
        } catch {
            throw JSONParsingError(.invalidUnicode, at: offset, "a string that is not UTF-8")
        }
    }

    private mutating func escape(_ bytes: Span<UInt8>) throws(JSONParsingError) {
        position += 1
        let letter = peek(bytes)
        let plain: UInt8
        switch letter {
        case JSONText.quote, JSONText.backslash, UInt8(ascii: "/"): plain = letter
        case UInt8(ascii: "b"): plain = 0x08
        case UInt8(ascii: "f"): plain = 0x0C
        case UInt8(ascii: "n"): plain = 0x0A
        case UInt8(ascii: "r"): plain = 0x0D
        case UInt8(ascii: "t"): plain = 0x09
        case UInt8(ascii: "u"):
            try unicodeEscape(bytes)
            return
        default: throw failure("an unknown escape in a string")
        }
        scratch.append(plain)
        position += 1
    }

    /// Reads `uXXXX`, and the second half where the first names a surrogate.
    private mutating func unicodeEscape(_ bytes: Span<UInt8>) throws(JSONParsingError) {
        let escapeOffset = position - 1
        let first = try hexUnit(bytes)
        var scalar = UInt32(first)
        if first & 0xFC00 == 0xD800, peek(bytes) == JSONText.backslash {
            position += 1
            guard peek(bytes) == UInt8(ascii: "u") else { throw loneSurrogate(escapeOffset) }
            let second = try hexUnit(bytes)
            guard second & 0xFC00 == 0xDC00 else { throw loneSurrogate(escapeOffset) }
            scalar = 0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(second & 0x3FF))
        }
        guard let scalar = Unicode.Scalar(scalar) else { throw loneSurrogate(escapeOffset) }
        scratch.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private func loneSurrogate(_ offset: Int) -> JSONParsingError {
        JSONParsingError(.invalidUnicode, at: offset, "an escape that names half of a surrogate pair")
    }

    /// Reads the letter `u` at the position and the four hexadecimal digits after it.
    private mutating func hexUnit(_ bytes: Span<UInt8>) throws(JSONParsingError) -> UInt16 {
        position += 1
        var unit: UInt16 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch peek(bytes) {
            case let byte where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"):
                digit = byte - UInt8(ascii: "0")
            case let byte where byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"):
                digit = byte - UInt8(ascii: "a") + 10
            case let byte where byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "F"):
                digit = byte - UInt8(ascii: "A") + 10
            default:
                throw failure("four hexadecimal digits were expected")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
