// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPTesting
import Testing

@testable import ContainerMCPCore

@Suite(.timeLimit(.minutes(1))) struct ListenTests {
    private static let subscriptionKey = "io.modelcontextprotocol/subscriptionId"
    private static let acknowledged = "notifications/subscriptions/acknowledged"

    private static func plain(_ name: String) -> ScriptedTool {
        ScriptedTool(ToolName(rawValue: name)) { _, _ async throws(ToolError) in .text(name) }
    }

    private func listen(
        _ client: InMemoryClient,
        _ notifications: JSONValue,
        _ capabilities: JSONObject = [:]
    ) async throws -> (id: JSONValue, acknowledgement: JSONValue) {
        let id = await client.send(
            "subscriptions/listen",
            ["notifications": notifications, "_meta": InMemoryClient.meta(capabilities)]
        )
        let acknowledgement = try #require(try await client.next(Self.acknowledged))
        #expect(subscription(acknowledgement) == id)
        return (id, acknowledgement)
    }

    private func subscription(_ message: JSONValue?) -> JSONValue? {
        message?.params?["_meta"]?[Self.subscriptionKey]
    }

    @Test func `only what was asked for is told, after the acknowledgement, with the subscription's id`()
        async throws
    {
        let fixture = try ServiceFixture([], prompts: [FakePrompt()], providers: [FakeProvider([:])])
        try await fixture.channel { client in
            let (tools, first) = try await listen(client, ["toolsListChanged": true])
            #expect(first.params?["notifications"] == ["toolsListChanged": true])
            let (prompts, second) = try await listen(
                client,
                ["promptsListChanged": true, "resourcesListChanged": true, "toolsListChanged": false, "x": 1]
            )
            #expect(
                second.params?["notifications"] == ["promptsListChanged": true, "resourcesListChanged": true]
            )
            try fixture.catalogue.add(Self.plain("added"))
            let added = try #require(try await client.next("notifications/tools/list_changed"))
            #expect(subscription(added) == tools)
            fixture.catalogue.removeTool("added")
            let removed = try #require(try await client.next("notifications/tools/list_changed"))
            #expect(subscription(removed) == tools)
            // What was not there changes nothing.
            fixture.catalogue.removeTool("added")
            fixture.catalogue.add(FakePrompt(name: "more"))
            let prompt = try #require(try await client.next("notifications/prompts/list_changed"))
            #expect(subscription(prompt) == prompts)
            fixture.catalogue.removePrompt("more")
            _ = try #require(try await client.next("notifications/prompts/list_changed"))
            fixture.catalogue.add(FakeProvider([:]))
            let resource = try #require(try await client.next("notifications/resources/list_changed"))
            #expect(subscription(resource) == prompts)
            #expect(await client.quiet() == [])
        }
    }

    @Test func `nothing comes on an empty subscription, and a missing filter is refused`() async throws {
        let fixture = try ServiceFixture([])
        try await fixture.channel { client in
            let (_, acknowledgement) = try await listen(client, [:])
            #expect(acknowledgement.params?["notifications"] == [:])
            try fixture.catalogue.add(Self.plain("added"))
            for params: JSONObject in [[:], ["notifications": 7], ["notifications": .null]] {
                var params = params
                params["_meta"] = InMemoryClient.meta()
                #expect(try await client.request("subscriptions/listen", params)?.errorCode == -32602)
            }
            #expect(await client.quiet() == [])
        }
    }

    @Test func `what the server does not have is left out of the acknowledgement`() async throws {
        let fixture = try ServiceFixture([])
        try await fixture.channel { client in
            let (_, acknowledgement) = try await listen(
                client,
                [
                    "toolsListChanged": true, "promptsListChanged": true, "resourcesListChanged": true,
                    "resourceSubscriptions": ["test://a"],
                ]
            )
            #expect(acknowledgement.params?["notifications"] == ["toolsListChanged": true])
        }
    }

    @Test
    func `updates of resources come for those that can be watched, and watching ends with the subscription`()
        async throws
    {
        let provider = FakeProvider(["test://a": "A", "test://b": "B"])
        let fixture = try ServiceFixture([], providers: [provider])
        try await fixture.channel { client in
            let (id, first) = try await listen(
                client,
                [
                    "resourceSubscriptions": ["test://a", "test://a", "test://none"],
                    "resourcesListChanged": true,
                ]
            )
            #expect(first.params?["notifications"]?["resourceSubscriptions"] == ["test://a"])
            let (other, _) = try await listen(client, ["resourceSubscriptions": ["test://a", "test://b"]])
            await provider.settled(lists: 1, watchers: 3)
            fixture.catalogue.changes.publish(.resource(uri: "test://none"))
            fixture.catalogue.changes.publish(.resource(uri: "test://b"))
            let update = try #require(try await client.next("notifications/resources/updated"))
            #expect(update.params?["uri"] == "test://b" && subscription(update) == other)
            fixture.catalogue.changes.publish(.resource(uri: "test://a"))
            var told: [JSONValue?] = []
            for _ in 0..<2 {
                let update = try #require(try await client.next("notifications/resources/updated"))
                #expect(update.params?["uri"] == "test://a")
                told.append(subscription(update))
            }
            #expect(told.contains(id) && told.contains(other))
            await client.cancel(id)
            await provider.settled(lists: 0, watchers: 2)
            fixture.catalogue.changes.publish(.resource(uri: "test://a"))
            let last = try #require(try await client.next("notifications/resources/updated"))
            #expect(subscription(last) == other)
            #expect(
                try await client.request("server/discover", ["_meta": InMemoryClient.meta()])?.result != nil
            )
            #expect(await client.quiet() == [])
        }
        await provider.settled(lists: 0, watchers: 0)
    }

    @Test func `tasks are told of as they are when the subscription begins, and then as they change`()
        async throws
    {
        let fixture = try TaskFixture()
        let conversationless = fixture.fixture.stateless(TaskFixture.tasks)
        let foreign = try #require(await conversationless.call("only").taskID)
        try await fixture.fixture.channel { client in
            func call(_ tool: String) async throws -> String {
                let params: JSONObject = [
                    "name": .string(tool), "_meta": InMemoryClient.meta(TaskFixture.tasks),
                ]
                return try #require(try await client.request("tools/call", params)?.taskID)
            }
            let (running, ended) = (try await call("slow"), try await call("only"))
            let asking = try await call("asker")
            let (id, acknowledgement) = try await listen(
                client,
                ["taskIds": [.string(running), .string(ended), .string(foreign), "x", .string(asking)]],
                TaskFixture.tasks
            )
            #expect(
                acknowledgement.params?["notifications"]?["taskIds"]
                    == [.string(running), .string(ended), .string(asking)]
            )
            // The present state of each, whatever happened before.
            var states: [String: String] = [:]
            while states != [running: "working", ended: "completed", asking: "input_required"] {
                let news = try #require(try await client.next("notifications/tasks"))
                #expect(subscription(news) == id && news.params?["resultType"] == nil)
                let status = news.params?["status"]?.stringValue ?? ""
                states[news.params?["taskId"]?.stringValue ?? ""] = status
                #expect((news.params?["result"] != nil) == (status == "completed"))
                #expect((news.params?["inputRequests"] != nil) == (status == "input_required"))
            }
            fixture.gate.open()
            var last = JSONValue.null
            repeat {
                last = try #require(try await client.next("notifications/tasks"))
            } while last.params?["taskId"]?.stringValue != running
            #expect(last.params?["status"] == "completed")
            #expect(last.params?["result"]?["content"]?[0]?["text"] == "done")
        }
    }

    @Test func `a token without the scope hears of no tasks`() async throws {
        let fixture = try TaskFixture()
        let wide = Subject(id: "ann", isAuthenticated: true)
        let id = try #require(
            await fixture.fixture.stateless(TaskFixture.tasks, subject: wide).call("slow").taskID
        )
        let narrow = Subject(id: "ann", isAuthenticated: true, scopes: [.read, .files])
        try await fixture.fixture.channel(subject: narrow) { client in
            let (_, acknowledgement) = try await listen(
                client,
                ["taskIds": [.string(id)]],
                TaskFixture.tasks
            )
            #expect(acknowledgement.params?["notifications"] == [:])
        }
        fixture.gate.open()
    }

    @Test func `the client ends a subscription without an answer`() async throws {
        let fixture = try ServiceFixture([])
        try await fixture.channel { client in
            let (id, _) = try await listen(client, ["toolsListChanged": true])
            let (other, _) = try await listen(client, ["toolsListChanged": true])
            await client.cancel(id)
            try fixture.catalogue.add(Self.plain("added"))
            let news = try #require(try await client.next("notifications/tools/list_changed"))
            #expect(subscription(news) == other)
            #expect(await client.quiet() == [])
        }
    }

    @Test func `the server ends a subscription with a result and a cancellation`() async throws {
        let fixture = try ServiceFixture([])
        try await fixture.channel { client in
            let (id, _) = try await listen(client, ["toolsListChanged": true])
            // What changed before the stop is told before it.
            try fixture.catalogue.add(Self.plain("added"))
            await fixture.service.stop()
            _ = try #require(try await client.next("notifications/tools/list_changed"))
            let result = try #require(try await client.response(to: id)?.result)
            #expect(result["resultType"] == "complete" && result["_meta"]?[Self.subscriptionKey] == id)
            let cancelled = try #require(try await client.next("notifications/cancelled"))
            #expect(cancelled.params?["requestId"] == id)
            #expect(await client.quiet() == [])
        }
    }

    @Test func `a caller has sixty-four subscriptions at most, and a place is free again after the end`()
        async throws
    {
        let fixture = try ServiceFixture([])
        try await fixture.channel { client in
            var ids: [JSONValue] = []
            for _ in 0..<64 { ids.append(try await listen(client, ["toolsListChanged": true]).id) }
            let params: JSONObject = ["notifications": [:], "_meta": InMemoryClient.meta()]
            #expect(try await client.request("subscriptions/listen", params)?.errorCode == -32603)
            // Somebody else has places of their own.
            let ann = fixture.stateless(subject: Subject(id: "ann", isAuthenticated: true))
            let news = News()
            let call = Task { await ann.request("subscriptions/listen", ["notifications": [:]], news: news) }
            _ = await news.first(Self.acknowledged)
            call.cancel()
            _ = await call.value
            await client.cancel(ids[0])
            while !fixture.service.parts.subscriptions.begin(for: "anonymous") { await Task.yield() }
            fixture.service.parts.subscriptions.end(for: "anonymous")
            _ = try await listen(client, [:])
            #expect(await client.quiet() == [])
        }
    }

    @Test func `at most 256 resources and 64 tasks are watched by one subscription`() async throws {
        let uris = (0..<300).map { "test://\($0)" }
        let provider = FakeProvider(Dictionary(uniqueKeysWithValues: uris.map { ($0, "x") }))
        let fixture = try ServiceFixture([], providers: [provider])
        try await fixture.channel { client in
            let (_, acknowledgement) = try await listen(
                client,
                ["resourceSubscriptions": .array(uris.map { .string($0) })]
            )
            let honoured = acknowledgement.params?["notifications"]?["resourceSubscriptions"]?.arrayValue
            #expect(honoured?.count == 256)
        }
        await provider.settled(lists: 0, watchers: 0)
    }

    @Test func `a subscription over a request that stands alone ends when it is given up`() async throws {
        let provider = FakeProvider(["test://a": "A"])
        let fixture = try ServiceFixture([], providers: [provider])
        let news = News()
        let call = Task {
            await fixture.stateless().request(
                "subscriptions/listen",
                ["notifications": ["toolsListChanged": true, "resourceSubscriptions": ["test://a"]]],
                id: .string("s"),
                meta: ["progressToken": 1, "io.modelcontextprotocol/logLevel": "debug"],
                news: news
            )
        }
        _ = await news.first(Self.acknowledged)
        try fixture.catalogue.add(Self.plain("added"))
        let change = await news.first("notifications/tools/list_changed")
        #expect(subscription(change) == "s")
        #expect(news.methods == [Self.acknowledged, "notifications/tools/list_changed"])
        call.cancel()
        #expect(await call.value.result != nil)
        #expect(provider.watchers == [:])
    }

    @Test func `changes while the reader is slow are told once`() async throws {
        let fixture = try ServiceFixture([])
        let (gate, news) = (Gate(), News())
        let request = JSONRPCRequest(
            id: .integer(1),
            method: "subscriptions/listen",
            params: ["notifications": ["toolsListChanged": true], "_meta": InMemoryClient.meta()]
        )
        let recording = WireRecording(.lines)
        recording.client(request.jsonValue)
        let admitted = try ModernLadder(server: fixture.service.server).admit(request)
        let link = RequestLink(
            tell: { _ in },
            write: { message in
                recording.server(message)
                news.add(message)
                _ = await gate.pass()
            }
        )
        let call = Task {
            await fixture.service.handle(admitted, from: Caller(session: "x"), over: link)
        }
        // It hangs in the acknowledgement, and the changes are kept meanwhile.
        await news.reached(1)
        for number in 0..<50 { try fixture.catalogue.add(Self.plain("t\(number)")) }
        gate.open()
        await news.reached(2)
        await fixture.service.stop()
        _ = await call.value
        #expect(news.methods == [Self.acknowledged, "notifications/tools/list_changed"])
    }
}
