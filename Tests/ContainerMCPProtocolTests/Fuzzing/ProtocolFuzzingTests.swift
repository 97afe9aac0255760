// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct ProtocolFuzzingTests {
    private static let seeds = [
        #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"#
            + #""protocolVersion":"2025-03-26","capabilities":{},"clientInfo":{}}}"#,
        #"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"t","_meta":{"progressToken":1}}}"#,
        #"[{"jsonrpc":"2.0","id":3,"method":"tools/list"},{"jsonrpc":"2.0","id":4,"method":"tools/list"},1]"#,
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":3}}"#,
        #"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"t","_meta":{"#
            + #""io.modelcontextprotocol/protocolVersion":"2026-07-28","#
            + #""io.modelcontextprotocol/clientCapabilities":{}}}}"#,
        #"{"v":"2026-07-28","n":"=?base64?dA==?=","properties":{"a":{"type":"string","x-mcp-header":"A"}}}"#,
        "[\"\\ud83d\\ude00\u{e9}\",1.5e300,-0,{\"a\":[]}]",
    ]

    @Test func `well-formed conversations hold`() {
        let bytes = Array(Self.seeds.joined(separator: "\n").utf8)
        #expect(ProtocolFuzzing.exercise(bytes))
        #expect(ProtocolFuzzing.exercise([]))
    }

    @Test(arguments: 0..<8)
    func `mangled conversations never trap and hold`(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func random(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        for _ in 0..<250 {
            var bytes = Array(Self.seeds.joined(separator: "\n").utf8)
            for _ in 0...random(6) {
                let position = random(bytes.count)
                switch random(4) {
                case 0: bytes[position] = UInt8(random(256))
                case 1: bytes.remove(at: position)
                case 2: bytes.insert(UInt8(random(128)), at: position)
                default: bytes.replaceSubrange(position..., with: bytes[..<position].suffix(random(40) + 1))
                }
                if bytes.isEmpty { bytes = [0x0A] }
            }
            #expect(ProtocolFuzzing.exercise(bytes))
        }
    }
}
