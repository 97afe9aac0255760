// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPTesting
import Testing

@testable import ContainerMCPCore

@Suite(.timeLimit(.minutes(1))) struct ResourceFeatureTests {
    private static let template = ResourceTemplate(uriTemplate: "test://{name}/data", name: "data")

    private static func fixture(_ count: Int = 3) throws -> ServiceFixture {
        let uris = (0..<count).map { "test://\(100_000 + $0)" }
        let texts = Dictionary(uniqueKeysWithValues: uris.map { ($0, "text of \($0)") })
        return try ServiceFixture(
            [],
            prompts: [FakePrompt(), FakePrompt(name: "strict", isRequired: true)],
            providers: [
                FakeProvider(texts, templates: [template]),
                FakeProvider(["other://x": "X", "test://100000": "second"]),
            ]
        )
    }

    @Test func `resources of all providers are listed and read, the first provider's before the others'`()
        async throws
    {
        let client = try Self.fixture().stateless()
        let list = await client.request("resources/list")
        let uris = list.result?["resources"]?.arrayValue?.compactMap { $0["uri"]?.stringValue } ?? []
        #expect(uris == ["test://100000", "test://100001", "test://100002", "other://x", "test://100000"])
        #expect(list.result?["ttlMs"] == 0 && list.result?["cacheScope"] == "private")
        let read = await client.request("resources/read", ["uri": "test://100000"])
        #expect(read.result?["contents"]?[0]?["text"] == "text of test://100000")
        #expect(read.result?["ttlMs"] == 0 && read.result?["cacheScope"] == "private")
        let other = await client.request("resources/read", ["uri": "other://x"])
        #expect(other.result?["contents"] == [["uri": "other://x", "mimeType": "text/plain", "text": "X"]])
        let templates = await client.request("resources/templates/list")
        #expect(templates.result?["resourceTemplates"]?[0]?["uriTemplate"] == "test://{name}/data")
    }

    @Test(arguments: ["test://none", "", "test://100000 ", "TEST://100000", "file:///etc/passwd"])
    func `an unknown resource is an error that names it, in the words of the era`(uri: String) async throws {
        let fixture = try Self.fixture()
        let modern = await fixture.stateless().request("resources/read", ["uri": .string(uri)])
        #expect(modern.errorCode == -32602 && modern["error"]?["data"]?["uri"] == .string(uri))
        #expect(modern.result == nil)
        try await fixture.channel { client in
            try await client.initialize(.v20250326)
            let legacy = try #require(try await client.request("resources/read", ["uri": .string(uri)]))
            #expect(legacy.errorCode == -32002 && legacy["error"]?["data"]?["uri"] == .string(uri))
            let subscribe = try await client.request("resources/subscribe", ["uri": .string(uri)])
            #expect(subscribe?.errorCode == -32002)
        }
    }

    @Test func `long lists come in pages, and a cursor outlives its connection but not its list`()
        async throws
    {
        let fixture = try Self.fixture(250)
        var (seen, cursors): ([String], [String]) = ([], [])
        var cursor: String?
        repeat {
            let params: JSONObject = cursor.map { ["cursor": .string($0)] } ?? [:]
            let page = try #require(await fixture.stateless().request("resources/list", params).result)
            seen += page["resources"]?.arrayValue?.compactMap { $0["uri"]?.stringValue } ?? []
            #expect(page["resources"]?.arrayValue?.count ?? 0 <= 100 && page["cacheScope"] == "private")
            cursor = page["nextCursor"]?.stringValue
            if let cursor { cursors.append(cursor) }
        } while cursor != nil
        #expect(seen.count == 252 && cursors.count == 2)
        // The same one in a session.
        try await fixture.channel { client in
            try await client.initialize(.v20251125)
            let page = try await client.request("resources/list", ["cursor": .string(cursors[1])])
            #expect(page?.result?["resources"]?.arrayValue?.count == 52)
            for method in ["tools/list", "prompts/list", "resources/list", "resources/templates/list"] {
                for bad in ["", "x", cursors[0] + "0", String(cursors[0].dropFirst())] {
                    let answer = try await client.request(method, ["cursor": .string(bad)])
                    #expect(answer?.errorCode == -32602, "\(method) \(bad)")
                }
                #expect(try await client.request(method, ["cursor": 7])?.errorCode == -32602)
            }
            fixture.catalogue.add(FakeProvider(["new://x": "x"]))
            let late = try await client.request("resources/list", ["cursor": .string(cursors[1])])
            #expect(late?.errorCode == -32602)
        }
    }

    @Test func `prompts are listed and filled in, and what is missing or unknown is refused`() async throws {
        let fixture = try Self.fixture()
        let client = fixture.stateless()
        let list = await client.request("prompts/list")
        #expect(list.result?["prompts"]?.arrayValue?.count == 2 && list.result?["cacheScope"] == "public")
        func get(_ params: JSONObject) async -> JSONValue { await client.request("prompts/get", params) }
        let filled = await get(["name": "greet", "arguments": ["who": "Ann", "other": "x"]])
        #expect(filled.result?["messages"]?[0]?["content"]?["text"] == "Hi Ann")
        #expect(await get(["name": "greet"]).result?["messages"]?[0]?["content"]?["text"] == "Hi all")
        let strict = await get(["name": "strict"])
        #expect(
            strict.errorCode == -32602 && strict["error"]?["message"]?.stringValue?.contains("'who'") == true
        )
        #expect(await get(["name": "strict", "arguments": ["who": "A"]]).result != nil)
        for bad: JSONObject in [
            ["name": "none"], [:], ["name": 7], ["name": "greet", "arguments": ["who": 7]],
            ["name": "greet", "arguments": []], ["name": "GREET"],
        ] {
            #expect(await get(bad).errorCode == -32602)
        }
        fixture.catalogue.removePrompt("greet")
        #expect(await get(["name": "greet"]).errorCode == -32602)
    }

    @Test func `a prompt or a resource that is denied is an error without a result`() async throws {
        struct Denied: Prompt {
            let descriptor = PromptDescriptor(name: "denied")

            func get(_ arguments: [String: String], in context: CallContext) async throws(ToolError)
                -> PromptResult
            {
                throw ToolError(.denied, "not for you", cause: "/srv/secret")
            }
        }
        let fixture = try ServiceFixture([], prompts: [Denied()])
        let answer = await fixture.stateless().request("prompts/get", ["name": "denied"])
        #expect(answer.errorCode == -32602 && answer["error"]?["message"] == "not for you")
        #expect(!answer.encodedString().contains("secret"))
    }

    @Test func `arguments of prompts and variables of templates are completed`() async throws {
        let client = try Self.fixture().stateless()
        func complete(_ reference: JSONValue, _ name: String, _ value: String) async -> JSONValue {
            let argument: JSONValue = ["name": .string(name), "value": .string(value)]
            return await client.request("completion/complete", ["ref": reference, "argument": argument])
        }
        let prompt: JSONValue = ["type": "ref/prompt", "name": "greet"]
        #expect(await complete(prompt, "who", "a").result?["completion"]?["values"] == ["anna"])
        let nothing = await complete(prompt, "who", "z").result?["completion"]
        #expect(nothing?["values"] == [] && nothing?["hasMore"] != true)
        let template: JSONValue = ["type": "ref/resource", "uri": "test://{name}/data"]
        let many = await complete(template, "name", "v").result?["completion"]
        #expect(
            many?["values"]?.arrayValue?.count == 100 && many?["hasMore"] == true && many?["total"] == 150
        )
        // A resource has nothing to complete.
        let resource: JSONValue = ["type": "ref/resource", "uri": "other://x"]
        #expect(await complete(resource, "x", "").result?["completion"]?["values"] == [])
        for (reference, name) in [
            (["type": "ref/prompt", "name": "none"], "who"),
            (["type": "ref/prompt", "name": "greet"], "none"),
            (["type": "ref/resource", "uri": "none://x"], "x"),
            (["type": "ref/other", "name": "greet"], "who"),
            (["type": "ref/prompt"], "who"), ("greet", "who"),
        ] as [(JSONValue, String)] {
            #expect(await complete(reference, name, "").errorCode == -32602, "\(reference)")
        }
    }

    @Test func `what is not offered is not there`() async throws {
        let fixture = try ServiceFixture([])
        let discovery = await fixture.stateless().request("server/discover").result?["capabilities"]
        #expect(discovery?["resources"] == nil && discovery?["prompts"] == nil)
        #expect(discovery?["completions"] == nil && discovery?["tools"]?["listChanged"] == true)
        let methods = [
            "resources/list", "resources/read", "resources/templates/list", "prompts/list", "prompts/get",
            "completion/complete",
        ]
        for method in methods {
            #expect(await fixture.stateless().request(method, ["name": "x", "uri": "x"]).errorCode == -32601)
        }
        try await fixture.channel { client in
            let hello = try await client.initialize(.v20251125)
            #expect(hello?.result?["capabilities"]?["resources"] == nil)
            for method in methods + ["resources/subscribe"] {
                #expect(try await client.request(method)?.errorCode == -32601)
            }
        }
        // It comes with what is added.
        fixture.catalogue.add(FakePrompt())
        #expect(await fixture.stateless().request("prompts/list").result != nil)
    }

    @Test func `resources and prompts are in the audit log, with their names`() async throws {
        let audit = try await TemporaryAudit()
        defer { audit.remove() }
        let fixture = ServiceFixture(
            try HostFixture(
                ScriptedRunner(.ends(.success)),
                audit: audit.log,
                prompts: [FakePrompt()],
                providers: [FakeProvider(["test://a": "A"])]
            )
        )
        let client = fixture.stateless()
        _ = await client.request("resources/read", ["uri": "test://a"])
        _ = await client.request("resources/read", ["uri": "test://none"])
        _ = await client.request("prompts/get", ["name": "greet", "arguments": ["who": "Ann"]])
        let lines = try audit.lines()
        #expect(lines.map { $0["tool"]?.stringValue } == ["resources/read", "resources/read", "prompts/get"])
        #expect(lines.map { $0["outcome"]?.stringValue } == ["success", "protocol_error", "success"])
    }
}
