// SPDX-License-Identifier: Apache-2.0

/// Writes values as JSON text into one buffer.
struct JSONWriter {
    /// Deeper values are cut to `null`: whoever builds such a value meets a bound, not the end of the stack.
    static let depthCeiling = 1_024

    var output: [UInt8] = []

    mutating func write(_ value: JSONValue, depth: Int = 0) {
        switch value {
        case .null: write("null")
        case .bool(true): write("true")
        case .bool(false): write("false")
        case .integer(let value): output.append(contentsOf: value.description.utf8)
        case .number(let value): write(value)
        case .string(let value): write(string: value)
        case .array(let values):
            guard depth < Self.depthCeiling else { return write("null") }
            output.append(UInt8(ascii: "["))
            var isFirst = true
            for value in values {
                if !isFirst { output.append(UInt8(ascii: ",")) }
                isFirst = false
                write(value, depth: depth + 1)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object):
            if let encoded = object.encodedForm { return output.append(contentsOf: encoded) }
            guard depth < Self.depthCeiling else { return write("null") }
            output.append(UInt8(ascii: "{"))
            var isFirst = true
            for (key, value) in object {
                if !isFirst { output.append(UInt8(ascii: ",")) }
                isFirst = false
                write(string: key)
                output.append(UInt8(ascii: ":"))
                write(value, depth: depth + 1)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    /// Writes the value over several lines, two spaces deeper for each level.
    mutating func writePretty(_ value: JSONValue, depth: Int = 0) {
        switch value {
        case .array(let values) where !values.isEmpty && depth < Self.depthCeiling:
            output.append(UInt8(ascii: "["))
            for (position, value) in values.enumerated() {
                startLine(depth + 1, isFirst: position == 0)
                writePretty(value, depth: depth + 1)
            }
            endLine(depth)
            output.append(UInt8(ascii: "]"))
        case .object(let object) where !object.isEmpty && depth < Self.depthCeiling:
            output.append(UInt8(ascii: "{"))
            for (position, member) in object.enumerated() {
                startLine(depth + 1, isFirst: position == 0)
                write(string: member.key)
                write(": ")
                writePretty(member.value, depth: depth + 1)
            }
            endLine(depth)
            output.append(UInt8(ascii: "}"))
        default:
            write(value, depth: depth)
        }
    }

    private mutating func startLine(_ depth: Int, isFirst: Bool) {
        if !isFirst { output.append(UInt8(ascii: ",")) }
        endLine(depth)
    }

    private mutating func endLine(_ depth: Int) {
        output.append(0x0A)
        output.append(contentsOf: repeatElement(0x20, count: depth * 2))
    }

    private mutating func write(_ word: String) {
        output.append(contentsOf: word.utf8)
    }

    private mutating func write(_ value: Double) {
        // JSON has no word for these, and a reader must not choke on ours.
        guard value.isFinite else { return write("null") }
        output.append(contentsOf: value.description.utf8)
    }

    mutating func write(string text: String) {
        output.append(JSONText.quote)
        let bytes = text.utf8Span.span
        var position = 0
        while position < bytes.count {
            let special = JSONText.firstSpecial(in: bytes, from: position)
            JSONText.append(bytes, position..<special, to: &output)
            position = special
            guard position < bytes.count else { break }
            writeEscape(bytes[position])
            position += 1
        }
        output.append(JSONText.quote)
    }

    private mutating func writeEscape(_ byte: UInt8) {
        output.append(JSONText.backslash)
        switch byte {
        case 0x08: output.append(UInt8(ascii: "b"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0C: output.append(UInt8(ascii: "f"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        case JSONText.quote, JSONText.backslash: output.append(byte)
        default:
            write("u00")
            output.append(Self.hexDigit(byte >> 4))
            output.append(Self.hexDigit(byte & 0xF))
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
