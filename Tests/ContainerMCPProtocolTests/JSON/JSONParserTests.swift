// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct JSONParserTests {
    private func kind(of text: String) -> JSONParsingError.Kind? {
        do {
            _ = try JSONValue(parsing: text)
            return nil
        } catch {
            return error.kind
        }
    }

    private func kind(of bytes: [UInt8]) -> JSONParsingError.Kind? {
        do {
            _ = try JSONValue(parsing: bytes)
            return nil
        } catch {
            return error.kind
        }
    }

    private static let valid: [(String, JSONValue)] = [
        ("null", JSONValue.null),
        ("true", true),
        ("false", false),
        (" \t\r\n 0 \n", 0),
        ("-1", -1),
        ("9007199254740993", 9_007_199_254_740_993),
        ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)),
        ("1.0", 1.0),
        ("1e2", 100.0),
        ("1E+2", 100.0),
        ("-1.5e-3", -0.0015),
        ("\"\"", ""),
        ("\"a/b\\/c\"", "a/b/c"),
        ("\"\\\"\\\\\\b\\f\\n\\r\\t\"", "\"\\\u{8}\u{c}\n\r\t"),
        ("\"\\u0041\\u00e9\\u20AC\"", "Aé€"),
        ("\"\\uD83D\\ude00\"", "😀"),
        ("\"\\u0000\"", "\u{0}"),
        ("\"\u{2028}\u{7f}\"", "\u{2028}\u{7f}"),
        ("[]", []),
        ("[ ]", []),
        ("{ }", [:]),
        ("[1,[2],{\"a\":null}]", [1, [2], ["a": .null]]),
        ("{\"\":1, \"a\" : {\"a\":2}}", ["": 1, "a": ["a": 2]]),
    ]

    @Test(arguments: valid)
    func `valid JSON is read as what it says`(text: String, expected: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == expected)
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "True", "[1,]", "{\"a\":1,}", "[,1]", "[1 2]", "[1", "[", "{", "{\"a\"",
        "{\"a\":",
        "{\"a\":1", "{a:1}", "{'a':1}", "{1:1}", "{\"a\" 1}", "{,}", "]", "}", "1 2", "\"", "\"a", "\"\\",
        "\"\\\"",
        "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\n\"", "\"\t\"", "\"\u{1}\"", "01", "-01", "-", "+1", ".5",
        "1.",
        "1.e1", "1e", "1e+", "0x1", "NaN", "Infinity", "-Infinity", "1_0", "// c\n1", "/**/1", "[1]]",
        "\u{0}", "1\u{0}",
        "\u{feff}1", "\u{a0}1", "tru\u{0}",
    ])
    func `text that breaks the grammar is a syntax error`(text: String) {
        #expect(kind(of: text) == .syntax)
    }

    @Test(arguments: [
        "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800x\"", "\"\\ud800\\n\"", "\"\\ud800\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\\ud800\"", "{\"\\ud800\":1}",
    ])
    func `half a surrogate pair is refused`(text: String) {
        #expect(kind(of: text) == .invalidUnicode)
    }

    @Test(arguments: [
        [0xFF], [0xC0, 0x80], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80], [0xE2, 0x82],
    ])
    func `bytes that are no UTF-8 are refused, with and without escapes beside them`(bytes: [UInt8]) {
        #expect(kind(of: [0x22] + bytes + [0x22]) == .invalidUnicode)
        #expect(kind(of: Array("\"\\n".utf8) + bytes + [0x22]) == .invalidUnicode)
        #expect(kind(of: Array("{\"".utf8) + bytes + Array("\":1}".utf8)) == .invalidUnicode)
    }

    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "18446744073709551616",
        "123456789012345678901234567890",
        "1e999", "-1e999", "0." + String(repeating: "1", count: 2_000),
        String(repeating: "9", count: 100_000),
    ])
    func `a number that would lose digits is refused`(text: String) {
        #expect(kind(of: text) == .numberOutOfRange)
    }

    @Test func `a number too small for a double is zero`() throws {
        #expect(try JSONValue(parsing: "1e-999") == 0.0)
    }

    @Test func `minus zero keeps its sign`() throws {
        let value = try #require(try JSONValue(parsing: "-0").doubleValue)
        #expect(value == 0)
        #expect(value.sign == .minus)
        #expect(try JSONValue(parsing: "-0").encodedString() == "-0.0")
    }

    @Test func `a key given twice is refused at the place of the second`() {
        #expect(throws: JSONParsingError(.duplicateKey, at: 7, "a key is given twice in one object")) {
            try JSONValue(parsing: "{\"a\":1,\"a\":1}")
        }
        #expect(kind(of: "{\"a\":1,\"\\u0061\":2}") == .duplicateKey)
        #expect(kind(of: "[{\"b\":{\"a\":1,\"c\":2,\"a\":3}}]") == .duplicateKey)
    }

    @Test func `keys are told apart by their bytes`() throws {
        let value = try JSONValue(parsing: "{\"K\":1,\"\u{212A}\":2,\"k\":3,\"K\\u0000\":4}")
        #expect(value["K"] == 1)
        #expect(value["\u{212A}"] == 2)
        #expect(value["k"] == 3)
        #expect(try JSONValue(parsing: "{\"\u{212A}\":2}")["K"] == nil)
    }

    @Test(arguments: [13, 1_000, 200_000])
    func `a duplicate key is found in an object of any size`(count: Int) {
        let members = (0..<count).map { "\"k\($0)\":0" }.joined(separator: ",")
        #expect(kind(of: "{\(members)}") == nil)
        #expect(kind(of: "{\(members),\"k7\":1}") == .duplicateKey)
    }

    @Test(arguments: [("[", "]"), ("{\"a\":", "}")])
    func `nesting is allowed to the limit and refused beyond it`(open: String, close: String) throws {
        func nested(_ depth: Int) -> String {
            String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        }
        #expect(kind(of: nested(128)) == nil)
        #expect(kind(of: nested(129)) == .tooDeep)
        #expect(kind(of: String(repeating: open, count: 1_000_000)) == .tooDeep)
        #expect(throws: JSONParsingError.self) { try JSONValue(parsing: nested(3), maximumDepth: 2) }
        #expect(throws: Never.self) { try JSONValue(parsing: nested(2), maximumDepth: 2) }
        #expect(throws: JSONParsingError.self) { try JSONValue(parsing: nested(600), maximumDepth: .max) }
    }

    @Test func `a text of too many values is refused`() {
        let ones = String(repeating: "1,", count: 1_048_574)
        #expect(kind(of: "[\(ones)1]") == nil)
        #expect(kind(of: "[\(ones)1,1]") == .tooManyValues)
    }

    @Test func `an error names the byte where it was noticed`() {
        #expect(throws: JSONParsingError(.syntax, at: 3, "a value was expected")) {
            try JSONValue(parsing: "[1,]")
        }
    }

    @Test(arguments: 0..<40)
    func `an escape or an end is found at every offset`(length: Int) throws {
        let plain = String(repeating: "x", count: length)
        #expect(try JSONValue(parsing: "\"\(plain)\"").stringValue == plain)
        #expect(try JSONValue(parsing: "\"\(plain)\\n\(plain)\"").stringValue == "\(plain)\n\(plain)")
        #expect(try JSONValue(parsing: "\"\(plain)é\(plain)\"").stringValue == "\(plain)é\(plain)")
        #expect(kind(of: "\"\(plain)\u{1f}\(plain)\"") == .syntax)
        #expect(kind(of: "\"\(plain)") == .syntax)
    }

    @Test func `every cut of a message is refused`() {
        let text = Array(
            #"{"jsonrpc":"2.0","id":1,"params":{"a":[1.5e3,"é\u00e9\ud83d\ude00",true,null]}}"#.utf8
        )
        #expect(kind(of: text) == nil)
        for length in 0..<text.count {
            #expect(kind(of: Array(text.prefix(length))) != nil)
        }
    }
}
