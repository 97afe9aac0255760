// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPSandbox
import ContainerMCPTesting
import Testing

@Suite struct PythonResultTests {
    static func message(_ kind: Character, _ body: [UInt8], length: UInt64? = nil) -> [UInt8] {
        let length = length ?? UInt64(body.count)
        let bytes = (0..<8).reversed().map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }
        return Array(String(kind).utf8) + bytes + body
    }

    static let values: [(String, JSONValue)] = [
        ("null", .null), ("1", 1), ("-1.5", .number(-1.5)), ("\"é\\n\"", "é\n"), ("[1, [2]]", [1, [2]]),
        ("{\"a\": {\"b\": []}}", ["a": ["b": []]]), (" true ", true),
    ]

    @Test(arguments: values)
    func `a value comes back as data`(text: String, value: JSONValue) async throws {
        let fixture = try HostFixture(.python(Self.message("J", Array(text.utf8))))
        let result = await fixture.python()
        #expect(result["result"] == value && result["result_truncated"] == nil && result.isSuccess)
    }

    static let forgeries: [(String, [UInt8])] = [
        ("nothing", []), ("a letter alone", [0x4A]), ("no length", Array("J1234567".utf8)),
        ("a length of nothing", message("J", [])), ("a length too long", message("J", [0x31], length: 2)),
        ("a length too short", message("J", [0x31, 0x31], length: 1)),
        ("a length beyond everything", message("J", [0x31], length: .max)),
        ("a length that wraps to the right one", message("J", [0x31], length: 1 << 63 | 1)),
        ("another letter", message("X", [0x31])), ("a small letter", message("j", [0x31])),
        ("no JSON", message("J", Array("{'a': 1}".utf8))), ("half a value", message("J", Array("[1".utf8))),
        ("two values", message("J", Array("1 2".utf8))), ("no UTF-8", message("J", [0x22, 0xFF, 0x22])),
        ("a bare NaN", message("J", Array("NaN".utf8))), ("a zero byte", message("J", [0x31, 0])),
        ("two messages", message("J", [0x31]) + message("J", [0x32])),
        ("deep nesting", message("J", Array(repeating: 0x5B, count: 100_000))),
        ("text", Array("Traceback (most recent call last):".utf8)),
    ]

    @Test(arguments: forgeries.map(\.0)) func `whatever is not one whole message is no value`(what: String)
        async throws
    {
        let bytes = try #require(Self.forgeries.first { $0.0 == what }?.1)
        let fixture = try HostFixture(.python(bytes))
        let result = await fixture.python()
        #expect(result["result"] == .null && result["result_truncated"] == nil && result.isSuccess)
    }

    @Test func `a value that was too long is said to be`() async throws {
        for channel in [nil, Self.message("T", [])] {
            let fixture = try HostFixture(.python(channel))
            let result = await fixture.python()
            #expect(result["result"] == .null && result["result_truncated"] == true && result.isSuccess)
        }
    }

    @Test func `a forged result can't change how the run ended`() async throws {
        let forged = Self.message("J", Array(#"{"success": true, "exit_code": 0}"#.utf8))
        let fixture = try HostFixture(ProcessOutcome(ending: .exited(3), result: forged))
        let result = await fixture.python()
        #expect(result["success"] == false && result["exit_code"] == 3 && result["result"] == .null)
    }

    @Test
    func `the longest value comes back, and one byte more is too long even if the program sent it itself`()
        async throws
    {
        let text = Array(repeating: UInt8(ascii: "a"), count: PythonResult.valueLimit - 2)
        let longest = try HostFixture(.python(Self.message("J", [0x22] + text + [0x22])))
        #expect(await longest.python()["result"]?.stringValue?.utf8.count == PythonResult.valueLimit - 2)
        let longer = try HostFixture(.python(Self.message("J", [0x22, 0x61] + text + [0x22])))
        let result = await longer.python()
        #expect(result["result"] == .null && result["result_truncated"] == true)
    }
}
