// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// Tools whose schemas say more than a list of fields can.
enum SchemaTools {
    /// The tools.
    static let all: [any Tool] = [SchemaKeywordsTool(), HeaderTool()]
}

/// `json_schema_2020_12_tool`: brings a schema of its own, which travels to clients as it is written.
///
/// Its fields take every object; a tool that works would check here what its schema promises.
struct SchemaKeywordsTool: FixtureTool {
    let name: ToolName = "json_schema_2020_12_tool"
    let summary = "Has an input schema with many keywords; answers with its arguments."
    let fields = ToolFields<JSONObject>.unchecked
    let inputSchema: JSONValue = [
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": [
            "address": [
                "$anchor": "addressDef",
                "type": "object",
                "properties": ["street": ["type": "string"], "city": ["type": "string"]],
            ]
        ],
        "properties": [
            "name": ["type": "string"],
            "address": ["$ref": "#/$defs/address"],
            "contactMethod": ["type": "string", "enum": ["phone", "email"]],
            "phone": ["type": "string"],
            "email": ["type": "string"],
        ],
        "allOf": [["anyOf": [["required": ["phone"]], ["required": ["email"]]]]],
        "if": ["properties": ["contactMethod": ["const": "phone"]], "required": ["contactMethod"]],
        "then": ["required": ["phone"]],
        "else": ["required": ["email"]],
        "additionalProperties": false,
    ]

    func call(_ arguments: JSONObject, in context: CallContext) async throws(ToolError) -> ToolOutput {
        .text("Called with \(arguments).")
    }
}

/// `test_header_parameter`: marks an argument that 2026-07-28 clients repeat in the header `Mcp-Param-Region`.
///
/// The mark is a keyword of its schema, so it brings one; its arguments are still read by its fields. What stands in
/// headers is seen by every proxy on the way: no secret is marked.
struct HeaderTool: FixtureTool {
    /// The arguments of the tool.
    struct Arguments: Sendable {
        var region: String?
    }

    let name: ToolName = "test_header_parameter"
    let summary = "Answers with its argument, which clients repeat in a header."
    let fields = ToolFields(
        Arguments(),
        [.optional("region", \.region, maxLength: 1_024, "Where to work.")]
    )
    let inputSchema: JSONValue = [
        "type": "object",
        "properties": [
            "region": ["type": "string", "description": "Where to work.", "x-mcp-header": "Region"]
        ],
        "additionalProperties": false,
    ]

    func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        .text("region: \(arguments.region ?? "none")")
    }
}
