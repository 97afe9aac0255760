// SPDX-License-Identifier: Apache-2.0

extension JSONParser {
    /// No useful number is longer, and reading one takes time in proportion to its length.
    private static let longestNumber = 1_024

    /// Reads a number whose first byte, a digit or a minus sign, is at the position.
    mutating func number(_ bytes: Span<UInt8>) throws(JSONParsingError) -> JSONValue {
        let start = position
        let isNegative = peek(bytes) == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let firstDigit = position
        var integer: Int64? = 0
        skipDigits(bytes) { digit in
            // Counted downwards, because the smallest integer has no positive counterpart.
            integer = integer.flatMap { value in
                let tenfold = value.multipliedReportingOverflow(by: 10)
                let sum = tenfold.partialValue.subtractingReportingOverflow(Int64(digit))
                return tenfold.overflow || sum.overflow ? nil : sum.partialValue
            }
        }
        guard position > firstDigit else { throw failure("a digit was expected") }
        if position - firstDigit > 1, bytes[firstDigit] == UInt8(ascii: "0") {
            throw JSONParsingError(.syntax, at: firstDigit, "a number with a leading zero")
        }
        var isWhole = true
        if peek(bytes) == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            try requireDigits(bytes)
        }
        if peek(bytes) | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            position += 1
            if peek(bytes) == UInt8(ascii: "+") || peek(bytes) == UInt8(ascii: "-") { position += 1 }
            try requireDigits(bytes)
        }
        guard isWhole else { return .number(try double(bytes.extracting(start..<position), offset: start)) }
        guard let integer, isNegative || integer != Int64.min else {
            throw JSONParsingError(.numberOutOfRange, at: start, "an integer beyond 64 bits")
        }
        if isNegative, integer == 0 { return .number(-0.0) }
        return .integer(isNegative ? integer : -integer)
    }

    @inline(__always)
    private mutating func skipDigits(_ bytes: Span<UInt8>, _ visit: (UInt8) -> Void) {
        while position < bytes.count {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { return }
            visit(digit)
            position += 1
        }
    }

    private mutating func requireDigits(_ bytes: Span<UInt8>) throws(JSONParsingError) {
        let start = position
        skipDigits(bytes) { _ in }
        guard position > start else { throw failure("a digit was expected") }
    }

    private func double(_ bytes: Span<UInt8>, offset: Int) throws(JSONParsingError) -> Double {
        guard bytes.count <= Self.longestNumber else {
            throw JSONParsingError(.numberOutOfRange, at: offset, "a number of too many characters")
        }
        var text = ""
        for position in bytes.indices {
            text.unicodeScalars.append(Unicode.Scalar(bytes[position]))
        }
        guard let value = Double(text), value.isFinite else {
            throw JSONParsingError(.numberOutOfRange, at: offset, "a number beyond a double")
        }
        return value
    }
}
