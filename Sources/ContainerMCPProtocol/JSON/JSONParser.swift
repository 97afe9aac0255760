// SPDX-License-Identifier: Apache-2.0

/// A strict parser for one JSON text (RFC 8259).
///
/// Where other parsers differ, this one refuses: duplicate keys, trailing commas, a byte order mark, half
/// surrogate pairs, numbers that would lose digits. What passes has one meaning only.
struct JSONParser {
    /// Bounds the recursion whatever a caller asks for; a frame takes a few hundred bytes.
    static let depthCeiling = 512

    /// Bounds the memory that a text of `[0,0,0,…` takes, which is a dozen times its length.
    static let valueCeiling = 1_048_576

    let maximumDepth: Int
    var position = 0
    private var values = 0
    var scratch: [UInt8] = []

    init(maximumDepth: Int) {
        self.maximumDepth = min(max(maximumDepth, 0), Self.depthCeiling)
    }

    mutating func document(_ bytes: Span<UInt8>) throws(JSONParsingError) -> JSONValue {
        skipWhitespace(bytes)
        let value = try value(bytes, depth: 0)
        skipWhitespace(bytes)
        guard position == bytes.count else { throw failure("unexpected data after the value") }
        return value
    }

    /// The byte at the position, or 0 at the end; a NUL has no meaning anywhere in JSON, so it can stand for
    /// both.
    @inline(__always)
    func peek(_ bytes: Span<UInt8>) -> UInt8 {
        position < bytes.count ? bytes[position] : 0
    }

    func failure(_ reason: String) -> JSONParsingError {
        JSONParsingError(.syntax, at: position, reason)
    }

    @inline(__always)
    mutating func skipWhitespace(_ bytes: Span<UInt8>) {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func value(_ bytes: Span<UInt8>, depth: Int) throws(JSONParsingError) -> JSONValue {
        values += 1
        guard values <= Self.valueCeiling else {
            throw JSONParsingError(.tooManyValues, at: position, "more than \(Self.valueCeiling) values")
        }
        switch peek(bytes) {
        case JSONText.quote: return .string(try string(bytes))
        case UInt8(ascii: "{"): return .object(try object(bytes, depth: depth))
        case UInt8(ascii: "["): return .array(try array(bytes, depth: depth))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number(bytes)
        case UInt8(ascii: "t"): return try literal("true", .bool(true), bytes)
        case UInt8(ascii: "f"): return try literal("false", .bool(false), bytes)
        case UInt8(ascii: "n"): return try literal("null", .null, bytes)
        default:
            throw failure(position < bytes.count ? "a value was expected" : "the text ends too early")
        }
    }

    private mutating func literal(
        _ word: StaticString,
        _ value: JSONValue,
        _ bytes: Span<UInt8>
    ) throws(JSONParsingError) -> JSONValue {
        for expected in word.description.utf8 {
            guard peek(bytes) == expected else { throw failure("a value was expected") }
            position += 1
        }
        return value
    }

    private func checkDepth(_ depth: Int) throws(JSONParsingError) {
        guard depth < maximumDepth else {
            throw JSONParsingError(.tooDeep, at: position, "nested more than \(maximumDepth) deep")
        }
    }

    private mutating func array(_ bytes: Span<UInt8>, depth: Int) throws(JSONParsingError) -> [JSONValue] {
        try checkDepth(depth)
        position += 1
        var elements: [JSONValue] = []
        skipWhitespace(bytes)
        if peek(bytes) == UInt8(ascii: "]") {
            position += 1
            return elements
        }
        while true {
            elements.append(try value(bytes, depth: depth + 1))
            skipWhitespace(bytes)
            switch peek(bytes) {
            case UInt8(ascii: ","):
                position += 1
                skipWhitespace(bytes)
            case UInt8(ascii: "]"):
                position += 1
                return elements
            default:
                throw failure("a comma or the end of the array was expected")
            }
        }
    }

    private mutating func object(_ bytes: Span<UInt8>, depth: Int) throws(JSONParsingError) -> JSONObject {
        try checkDepth(depth)
        position += 1
        var object = JSONObject()
        skipWhitespace(bytes)
        if peek(bytes) == UInt8(ascii: "}") {
            position += 1
            return object
        }
        while true {
            let keyOffset = position
            guard peek(bytes) == JSONText.quote else { throw failure("a key in quotes was expected") }
            let key = try string(bytes)
            skipWhitespace(bytes)
            guard peek(bytes) == UInt8(ascii: ":") else { throw failure("a colon was expected") }
            position += 1
            skipWhitespace(bytes)
            let value = try value(bytes, depth: depth + 1)
            guard object.insert(value, forNewKey: key) else {
                throw JSONParsingError(.duplicateKey, at: keyOffset, "a key is given twice in one object")
            }
            skipWhitespace(bytes)
            switch peek(bytes) {
            case UInt8(ascii: ","):
                position += 1
                skipWhitespace(bytes)
            case UInt8(ascii: "}"):
                position += 1
                return object
            default:
                throw failure("a comma or the end of the object was expected")
            }
        }
    }
}
