// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct ResultProjectionTests {
    private static let server = ServerDescription(
        name: "sandbox",
        version: "1.0.0",
        title: "Sandbox",
        summary: "Runs things.",
        websiteURL: "https://example.org",
        icons: [Icon(source: "https://example.org/i.png")],
        capabilities: ServerCapabilities(
            tools: .init(),
            resources: .init(announcesChanges: true, canSubscribe: true),
            prompts: .init(announcesChanges: true),
            hasCompletions: true,
            hasLogging: true,
            extensions: ["io.example/x": [:]]
        )
    )

    private func call(_ result: ToolResult, _ revision: ProtocolRevision) -> JSONObject {
        MCPResult.toolCall(result).projected(to: revision, server: Self.server)
    }

    private func text(_ result: JSONObject, _ position: Int = 0) -> String? {
        result["content"]?[position]?["text"]?.stringValue
    }

    @Test(arguments: ProtocolRevision.allCases)
    func `small structured content is in the text block of every revision`(revision: ProtocolRevision) {
        let value: JSONValue = ["stdout": "hi", "exit_code": 0]
        let result = call(.structured(value) { "never used" }, revision)
        #expect(text(result) == value.encodedString())
        #expect(result["isError"] == false)
        #expect(result["structuredContent"] == (revision >= .v20250618 ? value : nil))
    }

    @Test(arguments: ProtocolRevision.allCases)
    func `a short account stands only beside the content it points to`(revision: ProtocolRevision) {
        let value: JSONValue = ["stdout": .string(String(repeating: "x", count: ToolResult.inlineTextLimit))]
        let result = call(.structured(value, more: [.text("more")]) { "a lot came out" }, revision)
        let isKept = revision >= .v20250618
        #expect(text(result) == (isKept ? "a lot came out" : value.encodedString()))
        #expect(text(result, 1) == "more")
        #expect(result["structuredContent"] == (isKept ? value : nil))
    }

    @Test(arguments: ProtocolRevision.allCases)
    func `structured content that is no object is for the newest revision only`(revision: ProtocolRevision) {
        let result = call(.structured([1, 2], inlineLimit: 0) { "two numbers" }, revision)
        let isKept = revision == .v20260728
        #expect(result["structuredContent"] == (isKept ? [1, 2] : nil))
        #expect(text(result) == (isKept ? "two numbers" : "[1,2]"))
    }

    @Test func `dropped content without any text block gets one`() {
        let image = ContentBlock(.image(base64: "AA==", mimeType: "image/png"))
        let result = call(ToolResult(content: [image], structuredContent: ["a": 1]), .v20250326)
        #expect(result["content"]?[0]?["type"] == "image")
        #expect(text(result, 1) == #"{"a":1}"#)
        let kept = call(ToolResult(content: [image], structuredContent: ["a": 1]), .v20250618)
        #expect(kept["content"]?.arrayValue?.count == 1)
    }

    @Test(arguments: ProtocolRevision.allCases)
    func `content blocks are turned into what the revision knows`(revision: ProtocolRevision) {
        let annotations = ContentAnnotations(
            audience: [.user],
            priority: 7,
            lastModified: "2026-01-01T00:00:00Z"
        )
        let link = ResourceLink(
            uri: "file:///a.txt",
            name: "a.txt",
            title: "A",
            summary: "all",
            mimeType: "text/plain",
            size: 3
        )
        let blocks = [
            ContentBlock(.text("t"), annotations: annotations, meta: ["k": 1]),
            ContentBlock(.image(base64: "AA==", mimeType: "image/png")),
            ContentBlock(.audio(base64: "AA==", mimeType: "audio/wav")),
            ContentBlock(.textResource(uri: "a:b", mimeType: "text/plain", text: "x")),
            ContentBlock(.binaryResource(uri: "a:c", mimeType: nil, base64: "AA==")),
            ContentBlock(.resourceLink(link)),
        ]
        let result = call(ToolResult(content: blocks, isError: true), revision)
        let types = result["content"]?.arrayValue?.map { $0["type"]?.stringValue ?? "" }
        let audio = revision >= .v20250326 ? "audio" : "text"
        let linkType = revision >= .v20250618 ? "resource_link" : "text"
        #expect(types == ["text", "image", audio, "resource", "resource", linkType])
        #expect(result["isError"] == true)
        var expected: JSONObject = ["audience": ["user"], "priority": 1.0]
        if revision >= .v20250618 { expected["lastModified"] = "2026-01-01T00:00:00Z" }
        #expect(result["content"]?[0]?["annotations"] == .object(expected))
        #expect(result["content"]?[0]?["_meta"] == (revision >= .v20250618 ? ["k": 1] : nil))
        #expect(result["content"]?[3]?["resource"] == ["uri": "a:b", "mimeType": "text/plain", "text": "x"])
        #expect(result["content"]?[4]?["resource"] == ["uri": "a:c", "blob": "AA=="])
        if linkType == "text" {
            #expect(text(result, 5) == "a.txt (all): file:///a.txt")
        } else {
            #expect(result["content"]?[5]?["size"] == 3)
        }
    }

    @Test(arguments: ProtocolRevision.allCases)
    func `only the newest revision has an envelope`(revision: ProtocolRevision) {
        let hint = CacheHint(milliseconds: -5, scope: .caller)
        let result = MCPResult.members(["a": 1, "_meta": ["m": 2]], caching: hint)
            .projected(to: revision, server: Self.server)
        guard revision == .v20260728 else {
            #expect(result == ["a": 1, "_meta": ["m": 2]])
            #expect(MCPResult.empty.projected(to: revision, server: Self.server).isEmpty)
            return
        }
        #expect(result.keys == ["resultType", "a", "ttlMs", "cacheScope", "_meta"])
        #expect(result["resultType"] == "complete")
        #expect(result["ttlMs"] == 0)
        #expect(result["cacheScope"] == "private")
        #expect(result["_meta"]?["m"] == 2)
        #expect(result["_meta"]?["io.modelcontextprotocol/serverInfo"]?["name"] == "sandbox")
    }

    @Test func `a result that asks for input is not cacheable`() {
        let result = MCPResult.members(
            ["resultType": "input_required", "requestState": "s"],
            caching: .never
        )
        .projected(to: .v20260728, server: Self.server)
        #expect(result.keys == ["resultType", "requestState", "_meta"])
        #expect(result["resultType"] == "input_required")
    }

    @Test(arguments: [
        (ProtocolRevision.v20241105, ["name", "version"]), (.v20250326, ["name", "version"]),
        (.v20250618, ["name", "version", "title"]),
        (.v20251125, ["name", "version", "title", "description", "websiteUrl", "icons"]),
        (.v20260728, ["name", "version", "title", "description", "websiteUrl", "icons"]),
    ])
    func `the server describes itself as the revision allows`(revision: ProtocolRevision, keys: [String]) {
        #expect(Self.server.implementation(for: revision).objectValue?.keys == keys)
    }

    @Test(arguments: [
        (ProtocolRevision.v20241105, ["tools", "resources", "prompts", "logging"]),
        (.v20250326, ["tools", "resources", "prompts", "logging", "completions"]),
        (.v20251125, ["tools", "resources", "prompts", "logging", "completions"]),
        (.v20260728, ["tools", "resources", "prompts", "logging", "completions", "extensions"]),
    ])
    func `capabilities are those the revision knows`(revision: ProtocolRevision, keys: [String]) {
        let capabilities = Self.server.capabilities.jsonValue(for: revision)
        #expect(capabilities.objectValue?.keys == keys)
        #expect(capabilities["tools"] == [:])
        #expect(capabilities["resources"] == ["subscribe": true, "listChanged": true])
        #expect(capabilities["prompts"] == ["listChanged": true])
    }

    @Test func `what is not offered is not named`() {
        #expect(ServerCapabilities().jsonValue(for: .v20260728) == [:])
    }

    @Test(arguments: ProtocolRevision.allCases)
    func `a page of tools names the next one`(revision: ProtocolRevision) {
        let tool = ToolDescriptor(name: "a", summary: "b", inputSchema: ["type": "object"])
        let result = MCPResult.tools(
            [tool],
            nextCursor: "n",
            caching: CacheHint(milliseconds: 60_000, scope: .everyone)
        )
        .projected(to: revision, server: Self.server)
        #expect(result["tools"] == [tool.jsonValue(for: revision)])
        #expect(result["nextCursor"] == "n")
        #expect(result["ttlMs"] == (revision == .v20260728 ? 60_000 : nil))
        #expect(result["cacheScope"] == (revision == .v20260728 ? "public" : nil))
    }

    @Test(arguments: ProtocolRevision.allCases)
    func `a progress text is sent where the revision has one`(revision: ProtocolRevision) throws {
        let token = try #require(ProgressToken("t"))
        var notifications = RequestNotifications(RequestContext(revision: revision, progressToken: token))
        let message = notifications.progress(ProgressUpdate(1, of: 2, message: "half"))
        #expect(message?["params"]?["message"] == (revision >= .v20250326 ? "half" : nil))
    }

    @Test(arguments: ProtocolRevision.allCases)
    func `an unknown resource has the code of its revision`(revision: ProtocolRevision) {
        let error = JSONRPCError.unknownResource("a:b", in: revision)
        #expect(error.code.rawValue == (revision == .v20260728 ? -32602 : -32002))
        #expect(error.data == ["uri": "a:b"])
    }
}
