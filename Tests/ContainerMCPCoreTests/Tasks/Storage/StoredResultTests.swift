// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@testable import ContainerMCPCore

@Suite struct StoredResultTests {
    static let blocks: [ContentBlock] = [
        .text(""),
        .text("a\u{0}b \u{1F600} \"quoted\" \u{212A}"),
        ContentBlock(.structuredAccount("Large; see the structured content.")),
        ContentBlock(.image(base64: "AAAA", mimeType: "image/png")),
        ContentBlock(.audio(base64: "BBBB", mimeType: "audio/wav")),
        ContentBlock(.textResource(uri: "file:///a", mimeType: nil, text: "t")),
        ContentBlock(.textResource(uri: "file:///a", mimeType: "text/plain", text: "t")),
        ContentBlock(.binaryResource(uri: "file:///b", mimeType: nil, base64: "CCCC")),
        ContentBlock(.binaryResource(uri: "file:///b", mimeType: "x/y", base64: "CCCC")),
        ContentBlock(.resourceLink(ResourceLink(uri: "u", name: "n"))),
        ContentBlock(
            .resourceLink(
                ResourceLink(uri: "u", name: "n", title: "t", summary: "s", mimeType: "m", size: 1 << 60)
            )
        ),
        ContentBlock(
            .text("x"),
            annotations: ContentAnnotations(
                audience: [.user, .assistant],
                priority: 0.25,
                lastModified: "2026-08-24T09:00:00Z"
            ),
            meta: ["k": ["nested": [1, 2.5, true]]]
        ),
        ContentBlock(.text("x"), annotations: ContentAnnotations(priority: 1), meta: [:]),
    ]

    static let outcomes: [JobOutcome] =
        [
            .cancelled,
            .failure(JSONRPCError(.internalError, "internal failure")),
            .failure(JSONRPCError(.invalidParams, "x", data: ["a": [1]])),
            .result(ToolResult(content: [])),
            .result(ToolResult(content: blocks)),
            .result(ToolResult(content: [], structuredContent: ["n": 9_007_199_254_740_993, "d": 1.0])),
            .result(ToolResult(content: [], structuredContent: [1, "two"], isError: true)),
            .result(ToolResult(content: [], structuredContent: .null, meta: ["m": 1])),
            .result(ToolResult(content: [], structuredContent: nil, meta: [:])),
        ] + blocks.map { .result(ToolResult(content: [$0])) }

    @Test(arguments: outcomes)
    func `an outcome comes back from its JSON as it was`(outcome: JobOutcome) throws {
        let text = StoredOutcome.jsonValue(outcome).encoded()
        #expect(StoredOutcome.read(try JSONValue(parsing: text)) == outcome)
    }

    @Test func `members of structured content keep their order`() throws {
        let content: JSONValue = ["z": 1, "a": 2, "m": 3]
        let text = StoredOutcome.jsonValue(.result(ToolResult(content: [], structuredContent: content)))
            .encoded()
        guard case .result(let result)? = StoredOutcome.read(try JSONValue(parsing: text)) else {
            Issue.record("no result")
            return
        }
        #expect(result.structuredContent?.objectValue?.keys == ["z", "a", "m"])
    }

    static let broken: [JSONValue] = [
        .null, 1, [:], ["cancelled": false], ["cancelled": true, "error": ["code": 1, "message": "x"]],
        ["error": ["code": "1", "message": "x"]], ["error": ["code": 1]], ["result": [:]],
        ["result": ["content": []]], ["result": ["content": [:], "isError": false]],
        ["result": ["content": [1], "isError": false]],
        ["result": ["content": [["type": "text"]], "isError": false]],
        ["result": ["content": [["type": "video", "text": "x"]], "isError": false]],
        ["result": ["content": [["type": "image", "data": "x"]], "isError": false]],
        ["result": ["content": [["type": "resource", "resource": ["uri": "u"]]], "isError": false]],
        [
            "result": [
                "content": [["type": "resource", "resource": ["uri": "u", "mimeType": 1, "text": "t"]]],
                "isError": false,
            ]
        ],
        ["result": ["content": [["type": "resource_link", "uri": "u"]], "isError": false]],
        [
            "result": [
                "content": [["type": "resource_link", "uri": "u", "name": "n", "size": 1.5]],
                "isError": false,
            ]
        ],
        ["result": ["content": [["type": "text", "text": "x", "_meta": 1]], "isError": false]],
        ["result": ["content": [["type": "text", "text": "x", "annotations": 1]], "isError": false]],
        [
            "result": [
                "content": [["type": "text", "text": "x", "annotations": ["audience": ["cat"]]]],
                "isError": false,
            ]
        ],
        ["result": ["content": [], "isError": false, "_meta": []]],
    ]

    @Test(arguments: broken)
    func `JSON that is no outcome is not read`(value: JSONValue) {
        #expect(StoredOutcome.read(value) == nil)
    }
}
