// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct ToolHeaderParametersTests {
    private static let schema: JSONValue = [
        "type": "object",
        "properties": [
            "region": ["type": "string", "x-mcp-header": "Region"],
            "count": ["type": "integer", "x-mcp-header": "Count"],
            "deep": ["type": "object", "properties": ["flag": ["type": "boolean", "x-mcp-header": "Flag"]]],
            "x-mcp-header": ["type": "string"],
        ],
    ]

    private static let rows: [(JSONObject, [String: [String]], Bool)] = [
        ([:], [:], true),
        (["region": "eu"], ["region": ["eu"]], true),
        (["region": "eu"], ["region": [" eu "]], true),
        (["region": "é"], ["region": ["=?base64?w6k=?="]], true),
        (["region": "eu"], [:], false),
        (["region": "eu"], ["region": ["us"]], false),
        (["region": "eu"], ["region": ["EU"]], false),
        (["region": "eu"], ["region": ["eu", "eu"]], false),
        ([:], ["region": ["eu"]], false),
        (["region": .null], [:], true),
        (["region": .null], ["region": ["null"]], false),
        (["count": 42], ["count": ["42"]], true),
        (["count": 42], ["count": ["42.0"]], true),
        (["count": 42.0], ["count": ["42"]], true),
        (["count": 42], ["count": ["43"]], false),
        (["count": 42], ["count": ["x"]], false),
        (["count": 1.5], ["count": ["1.5"]], false),
        (["deep": ["flag": true]], ["flag": ["true"]], true),
        (["deep": ["flag": false]], ["flag": ["true"]], false),
        (["deep": 5], [:], true),
        (["region": []], ["region": ["[]"]], false),
        (["other": 1], ["other": ["2"]], true),
    ]

    @Test(arguments: rows)
    func `headers mirror the arguments they belong to`(row: (JSONObject, [String: [String]], Bool)) throws {
        let parameters = try ToolHeaderParameters(inputSchema: Self.schema)
        let headers = MirroredHeaders(parameters: row.1)
        do {
            try parameters.check(headers, arguments: row.0)
            #expect(row.2)
        } catch {
            #expect(!row.2)
            #expect(error.code == .headerMismatch)
        }
    }

    @Test(
        arguments: [
            ["properties": ["a": ["type": "string", "x-mcp-header": ""]]],
            ["properties": ["a": ["type": "string", "x-mcp-header": "a b"]]],
            ["properties": ["a": ["type": "string", "x-mcp-header": 5]]],
            ["properties": ["a": ["type": "number", "x-mcp-header": "A"]]],
            ["properties": ["a": ["type": "object", "x-mcp-header": "A"]]],
            ["properties": ["a": ["x-mcp-header": "A"]]],
            ["properties": ["a": ["type": "array", "items": ["type": "string", "x-mcp-header": "A"]]]],
            ["oneOf": [["properties": ["a": ["type": "string", "x-mcp-header": "A"]]]]],
            [
                "properties": [
                    "a": ["type": "string", "x-mcp-header": "A"],
                    "b": ["type": "string", "x-mcp-header": "a"],
                ]
            ],
        ] as [JSONValue]
    )
    func `a mark that can't be checked is refused`(schema: JSONValue) {
        #expect(throws: ToolHeaderParameters.InvalidAnnotation.self) {
            try ToolHeaderParameters(inputSchema: schema)
        }
    }

    @Test func `the ladder checks the headers of a call`() throws {
        let marks = try ToolHeaderParameters(inputSchema: Self.schema)
        let meta: JSONValue = [MetaKey.protocolVersion: "2026-07-28", MetaKey.clientCapabilities: [:]]
        let request = JSONRPCRequest(
            id: .integer(1),
            method: "tools/call",
            params: ["name": "echo", "arguments": ["region": "eu"], "_meta": meta]
        )
        var headers = MirroredHeaders(versions: ["2026-07-28"], methods: ["tools/call"], names: ["echo"])
        let ladder = ModernLadder(server: ChannelFixture.server)
        #expect(throws: JSONRPCError.self) { try ladder.admit(request, headers: headers) { _ in marks } }
        headers.parameters = ["region": ["eu"]]
        #expect(throws: Never.self) { try ladder.admit(request, headers: headers) { _ in marks } }
        #expect(throws: Never.self) { try ladder.admit(request) { _ in marks } }
    }
}
