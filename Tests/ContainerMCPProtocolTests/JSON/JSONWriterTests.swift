// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct JSONWriterTests {
    private static let values: [(JSONValue, String)] = [
        (JSONValue.null, "null"),
        (true, "true"),
        (.integer(.min), "-9223372036854775808"),
        (9_007_199_254_740_993, "9007199254740993"),
        (1.0, "1.0"),
        (0.1, "0.1"),
        (.number(.nan), "null"),
        (.number(.infinity), "null"),
        (.number(-.infinity), "null"),
        ("a/b", "\"a/b\""),
        ("\"\\\u{8}\u{c}\n\r\t\u{0}\u{1f}\u{7f}", "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\u{7f}\""),
        ("é\u{2028}\u{2029}😀", "\"é\u{2028}\u{2029}😀\""),
        ([], "[]"),
        ([:], "{}"),
        (["z": 1, "a": [1, [:]], "": .null], "{\"z\":1,\"a\":[1,{}],\"\":null}"),
    ]

    @Test func `an object that keeps its text is written the same, and forgets it when it changes`() {
        let plain: JSONObject = ["z": 1, "a": [1, ["b": "\n"]]]
        var kept = plain.withEncodedForm()
        #expect(JSONValue.object(kept).encodedString() == JSONValue.object(plain).encodedString())
        #expect(JSONValue.array([.object(kept)]).encodedString() == "[{\"z\":1,\"a\":[1,{\"b\":\"\\n\"}]}]")
        #expect(kept == plain)
        kept["z"] = 2
        #expect(JSONValue.object(kept).encodedString() == "{\"z\":2,\"a\":[1,{\"b\":\"\\n\"}]}")
        kept = kept.withEncodedForm()
        kept.removeValue(forKey: "a")
        #expect(JSONValue.object(kept).encodedString() == "{\"z\":2}")
        kept = kept.withEncodedForm()
        let isInserted = kept.insert(3, forNewKey: "n")
        #expect(isInserted)
        #expect(JSONValue.object(kept).encodedString() == "{\"z\":2,\"n\":3}")
    }

    @Test(arguments: values)
    func `a value is written compactly and in order`(value: JSONValue, expected: String) {
        #expect(value.encodedString() == expected)
        var buffer: [UInt8] = [0x78]
        value.encode(into: &buffer)
        #expect(buffer == [0x78] + Array(expected.utf8))
    }

    @Test func `people get indented text`() {
        let value: JSONValue = ["a": [1, []], "b": [:], "c": ["d": "e"]]
        #expect(
            value.prettyPrinted() == """
                {
                  "a": [
                    1,
                    []
                  ],
                  "b": {},
                  "c": {
                    "d": "e"
                  }
                }
                """
        )
    }

    @Test(arguments: 0..<40)
    func `an escape is written at every offset`(length: Int) throws {
        let plain = String(repeating: "x", count: length)
        let text = "\(plain)\n\(String(repeating: "é", count: length))\""
        #expect(try JSONValue(parsing: JSONValue.string(text).encoded()) == .string(text))
    }

    @Test func `every scalar survives a round trip`() throws {
        var text = ""
        for number in stride(from: UInt32(0), through: 0x10FFFF, by: 7) {
            if let scalar = Unicode.Scalar(number) { text.unicodeScalars.append(scalar) }
        }
        #expect(try JSONValue(parsing: JSONValue.string(text).encoded()).stringValue == text)
    }

    @Test(arguments: [
        0.1 + 0.2, 1e300, .leastNonzeroMagnitude, 123_456_789.123, -1e-7, .greatestFiniteMagnitude,
    ])
    func `a number survives a round trip exactly`(value: Double) throws {
        #expect(try JSONValue(parsing: JSONValue.number(value).encoded()) == .number(value))
    }

    @Test func `ten megabytes of text survive a round trip`() throws {
        let text = String(repeating: "0123456789abcdef\n", count: 10 * 1_048_576 / 17)
        #expect(try JSONValue(parsing: JSONValue.string(text).encoded()) == .string(text))
    }

    @Test func `a value nested without end is cut, not a trap`() {
        var value: JSONValue = 1
        for _ in 0..<2_000 {
            value = [value]
        }
        #expect(value.encodedString().contains("[null]"))
        #expect(value.prettyPrinted().contains("null"))
    }
}
