// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

/// Resources, prompts, completions and questions as each revision knows them.
@Suite struct FeatureProjectionTests {
    private static let server = ChannelFixture.everything
    private static let annotations = ContentAnnotations(priority: 1, lastModified: "2026-01-01T00:00:00Z")
    private static let icon = Icon(source: "https://example.org/i.png")
    private static let hint = CacheHint(milliseconds: 7, scope: .everyone)

    private func result(_ result: MCPResult, _ revision: ProtocolRevision) -> JSONObject {
        result.projected(to: revision, server: Self.server)
    }

    private func members(_ base: [String], _ revision: ProtocolRevision) -> Set<String> {
        var keys = Set(base)
        if revision >= .v20250618 { keys.formUnion(["title", "_meta"]) }
        if revision >= .v20251125 { keys.insert("icons") }
        return keys
    }

    @Test(arguments: ProtocolRevision.allCases)
    func `a resource has the members of its revision`(revision: ProtocolRevision) {
        let resource = ResourceDescriptor(
            uri: "test://a",
            name: "a",
            title: "A",
            summary: "s",
            mimeType: "text/plain",
            size: 5,
            annotations: Self.annotations,
            icons: [Self.icon],
            meta: ["k": 1]
        )
        let value = result(.resources([resource], nextCursor: "n", caching: Self.hint), revision)
        let item = value["resources"]?[0]?.objectValue
        let base = ["uri", "name", "description", "mimeType", "size", "annotations"]
        #expect(Set(item?.keys ?? []) == members(base, revision))
        #expect((item?["annotations"]?["lastModified"] != nil) == (revision >= .v20250618))
        #expect(value["nextCursor"] == "n")
    }

    @Test(arguments: ProtocolRevision.allCases)
    func `a pattern of resources has the members of its revision`(revision: ProtocolRevision) {
        let template = ResourceTemplate(
            uriTemplate: "test://{a}",
            name: "a",
            title: "A",
            summary: "s",
            mimeType: "text/plain",
            annotations: Self.annotations,
            icons: [Self.icon],
            meta: ["k": 1]
        )
        let item = result(.resourceTemplates([template], caching: Self.hint), revision)["resourceTemplates"]?[
            0
        ]
        let base = ["uriTemplate", "name", "description", "mimeType", "annotations"]
        #expect(Set(item?.objectValue?.keys ?? []) == members(base, revision))
    }

    @Test(arguments: ProtocolRevision.allCases)
    func `a prompt has the members of its revision`(revision: ProtocolRevision) {
        let prompt = PromptDescriptor(
            name: "p",
            title: "P",
            summary: "s",
            arguments: [
                PromptArgument("a", title: "A", summary: "x", isRequired: true), PromptArgument("b"),
            ],
            icons: [Self.icon],
            meta: ["k": 1]
        )
        let item = result(.prompts([prompt], caching: Self.hint), revision)["prompts"]?[0]
        #expect(
            Set(item?.objectValue?.keys ?? []) == members(["name", "description", "arguments"], revision)
        )
        #expect(item?["arguments"]?[0]?["required"] == true)
        #expect(item?["arguments"]?[0]?["title"] == (revision >= .v20250618 ? "A" : nil))
        #expect(item?["arguments"]?[1] == ["name": "b", "required": false])
    }

    @Test(arguments: ProtocolRevision.allCases)
    func `a prompt's messages are projected like content`(revision: ProtocolRevision) {
        let link = ContentBlock(.resourceLink(ResourceLink(uri: "a:b", name: "n")))
        let prompt = PromptResult(
            summary: "d",
            messages: [.user("u"), .assistant("a"), PromptMessage(role: .user, content: link)]
        )
        let value = result(.prompt(prompt), revision)
        #expect(value["description"] == "d")
        #expect(value["messages"]?[0] == ["role": "user", "content": ["type": "text", "text": "u"]])
        #expect(value["messages"]?[1]?["role"] == "assistant")
        let type: JSONValue = revision >= .v20250618 ? "resource_link" : "text"
        #expect(value["messages"]?[2]?["content"]?["type"] == type)
        #expect(result(.prompt(PromptResult(messages: [])), revision)["description"] == nil)
    }

    @Test func `contents are text or bytes`() {
        let text = ResourceContents(uri: "a:b", mimeType: "text/plain", payload: .text("x"))
        let blob = ResourceContents(uri: "a:c", payload: .blob(base64: "AA=="))
        #expect(
            result(.resourceContents([text, blob], caching: Self.hint), .v20241105) == [
                "contents": [
                    ["uri": "a:b", "mimeType": "text/plain", "text": "x"], ["uri": "a:c", "blob": "AA=="],
                ]
            ]
        )
    }

    @Test func `six results say how long they may be kept, and only in the newest revision`() {
        let cached: [MCPResult] = [
            .discovery, .tools([], caching: Self.hint), .resources([], caching: Self.hint),
            .resourceTemplates([], caching: Self.hint), .resourceContents([], caching: Self.hint),
            .prompts([], caching: Self.hint),
        ]
        let others: [MCPResult] = [
            .empty, .toolCall(ToolResult(content: [])), .prompt(PromptResult(messages: [])),
            .completion(Completion(all: [])), .inputRequired([], requestState: "s"),
        ]
        for (results, isCached) in [(cached, true), (others, false)] {
            for result in results {
                let newest = self.result(result, .v20260728)
                #expect((newest["ttlMs"] != nil) == isCached)
                #expect((newest["cacheScope"] == "public") == isCached)
                #expect(newest["resultType"]?.stringValue != nil)
                let older = self.result(result, .v20251125)
                #expect(older["ttlMs"] == nil && older["cacheScope"] == nil)
                guard case .inputRequired = result else {
                    #expect(older["resultType"] == nil && older["_meta"] == nil)
                    continue
                }
            }
        }
    }

    @Test func `a completion holds a hundred values and says that there are more`() {
        let values = (0..<150).map { "v\($0)" }
        let cut = Completion(all: values)
        #expect(cut.values.count == 100)
        #expect(cut.total == 150)
        #expect(cut.hasMore == true)
        #expect(Completion(values: values).hasMore == true)
        let all = result(.completion(Completion(all: ["a"])), .v20250618)
        #expect(all == ["completion": ["values": ["a"], "total": 1, "hasMore": false]])
        #expect(result(.completion(Completion(values: [])), .v20241105) == ["completion": ["values": []]])
    }

    @Test func `a need for answers is told to modern callers only`() {
        let question = InputQuestion(key: "k", request: .roots)
        let outcome = RequestOutcome.result(.inputRequired([question, question], requestState: "s"))
        let modern = outcome.message(id: .integer(1), revision: .v20260728, server: Self.server)["result"]
        #expect(modern?.objectValue?.keys == ["resultType", "inputRequests", "requestState", "_meta"])
        #expect(modern?["resultType"] == "input_required")
        #expect(modern?["inputRequests"] == ["k": ["method": "roots/list", "params": [:]]])
        for revision in ProtocolRevision.allCases where revision.era == .legacy {
            let answer = outcome.message(id: .integer(1), revision: revision, server: Self.server)
            #expect(answer["error"]?["code"] == -32603)
        }
    }

    @Test func `a need for answers has questions or state`() {
        #expect(result(.inputRequired([]), .v20260728)["inputRequests"] == [:])
        let state = result(.inputRequired([], requestState: "s"), .v20260728)
        #expect(state["inputRequests"] == nil)
        #expect(state["requestState"] == "s")
    }

    @Test(arguments: ProtocolRevision.allCases)
    func `tasks are offered in the words of the revision`(revision: ProtocolRevision) {
        let capabilities = Self.server.capabilities.jsonValue(for: revision)
        let core: JSONValue = ["list": [:], "cancel": [:], "requests": ["tools": ["call": [:]]]]
        #expect(capabilities["tasks"] == (revision == .v20251125 ? core : nil))
        let extensions: JSONValue = ["io.modelcontextprotocol/tasks": [:]]
        #expect(capabilities["extensions"] == (revision == .v20260728 ? extensions : nil))
    }
}
