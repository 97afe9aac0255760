// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct ToolProjectionTests {
    private static let tool = ToolDescriptor(
        name: "echo",
        title: "Echo",
        summary: "Says it again.",
        inputSchema: [
            "type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema",
            "properties": ["any": true, "none": false, "text": ["type": "string"]], "required": ["text"],
        ],
        outputSchema: ["type": "object", "properties": ["x": true]],
        annotations: ToolAnnotations(isReadOnly: true, isOpenWorld: false),
        icons: [Icon(source: "https://example.org/i.png", mimeType: "image/png", sizes: ["any"])],
        meta: ["k": "v"]
    )

    @Test(
        arguments: [
            (ToolTaskSupport.never, nil), (.optional, "optional"), (.required, "required"),
        ] as [(ToolTaskSupport, String?)]
    )
    func `task support is shown in 2025-11-25 only`(support: ToolTaskSupport, name: String?) {
        var tool = Self.tool
        tool.taskSupport = support
        for revision in ProtocolRevision.allCases {
            let expected: JSONValue? = name.map { ["taskSupport": .string($0)] }
            #expect(tool.jsonValue(for: revision)["execution"] == (revision == .v20251125 ? expected : nil))
        }
    }

    @Test(arguments: [
        (ProtocolRevision.v20241105, ["name", "description", "inputSchema"]),
        (.v20250326, ["name", "description", "inputSchema", "annotations"]),
        (
            .v20250618,
            ["name", "title", "description", "inputSchema", "outputSchema", "annotations", "_meta"]
        ),
        (
            .v20251125,
            ["name", "title", "description", "icons", "inputSchema", "outputSchema", "annotations", "_meta"]
        ),
        (
            .v20260728,
            ["name", "title", "description", "icons", "inputSchema", "outputSchema", "annotations", "_meta"]
        ),
    ])
    func `a tool has the members of its revision`(revision: ProtocolRevision, keys: [String]) {
        #expect(Self.tool.jsonValue(for: revision).objectValue?.keys == keys)
    }

    @Test(arguments: ProtocolRevision.allCases)
    func `property schemas are objects where the revision wants them so`(revision: ProtocolRevision) {
        let properties = Self.tool.jsonValue(for: revision)["inputSchema"]?["properties"]
        let isModern = revision == .v20260728
        #expect(properties?["any"] == (isModern ? true : [:]))
        #expect(properties?["none"] == (isModern ? false : ["not": [:]]))
        #expect(properties?.objectValue?.keys == ["any", "none", "text"])
        if revision.has(.structuredContent) {
            let output = Self.tool.jsonValue(for: revision)["outputSchema"]?["properties"]?["x"]
            #expect(output == (isModern ? true : [:]))
        }
    }

    @Test func `a schema without such properties travels as it was written`() {
        var tool = Self.tool
        tool.inputSchema = [
            "type": "object", "$defs": ["a": true], "allOf": [true], "x": ["properties": ["y": true]],
        ]
        for revision in ProtocolRevision.allCases {
            let schema = tool.jsonValue(for: revision)["inputSchema"]
            #expect(schema?.encodedString() == tool.inputSchema.encodedString())
        }
    }

    @Test func `an output schema whose root is no object is for the newest revision only`() {
        var tool = Self.tool
        tool.outputSchema = ["type": "array"]
        #expect(tool.jsonValue(for: .v20251125)["outputSchema"] == nil)
        #expect(tool.jsonValue(for: .v20260728)["outputSchema"] == ["type": "array"])
    }

    @Test func `annotations that say nothing are left out`() {
        var tool = Self.tool
        tool.annotations = ToolAnnotations()
        #expect(tool.jsonValue(for: .v20251125)["annotations"] == nil)
        #expect(
            Self.tool.jsonValue(for: .v20250326)["annotations"] == [
                "readOnlyHint": true, "openWorldHint": false,
            ]
        )
    }
}
