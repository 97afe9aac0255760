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

    /// What a client says that can be asked; the order in which the server asks decides which answer fits.
    private static let answers = [
        #"{"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2025-11-25","#
            + #""capabilities":{"elicitation":{"form":{},"url":{}},"sampling":{},"roots":{}},"#
            + #""clientInfo":{}}}"#,
        #"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"t","task":{"ttl":1}}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        #"{"jsonrpc":"2.0","id":8,"method":"tasks/result","params":{"taskId":"k"}}"#,
        #"{"jsonrpc":"2.0","id":"ask-1","result":{"action":"accept","content":{"x":"a@b.c","i":3.0}}}"#,
        #"{"jsonrpc":"2.0","id":"ask-2","error":{"code":-1,"message":"no"}}"#,
        #"{"jsonrpc":"2.0","id":"l","method":"subscriptions/listen","params":{"notifications":"#
            + #"{"taskIds":["k"]},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","#
            + #""io.modelcontextprotocol/clientCapabilities":"#
            + #"{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}"#,
        #"{"jsonrpc":"2.0","id":"ask-3","result":{"roots":[{"uri":"file:///a"}]}}"#,
        #"{"jsonrpc":"2.0","id":"ask-4","result":{"role":"user","model":"m","#
            + #""content":{"type":"text","text":""}}}"#,
        #"{"jsonrpc":"2.0","id":"ask-4","result":{}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#,
        #"{"jsonrpc":"2.0","id":9,"method":"prompts/get","params":{"name":"p"}}"#,
        #"{"jsonrpc":"2.0","id":"ask-5","result":{}}"#, "t://x/%41-b",
    ]

    @Test(arguments: [seeds, answers])
    func `well-formed conversations hold`(lines: [String]) {
        for count in 0...lines.count {
            let bytes = Array(lines.prefix(count).joined(separator: "\n").utf8)
            #expect(ProtocolFuzzing.exercise(bytes))
        }
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
        for _ in 0..<100 {
            let lines = seed.isMultiple(of: 2) ? Self.seeds : Self.answers
            var bytes = Array(lines.joined(separator: "\n").utf8)
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
