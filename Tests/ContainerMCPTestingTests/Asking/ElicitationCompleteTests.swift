// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct ElicitationCompleteTests {
    private static let method = "notifications/elicitation/complete"
    private static let addresses: JSONObject = ["elicitation": ["form": [:], "url": [:]]]
    private static let call: JSONObject = ["name": "visit"]

    /// Asks the user to open a page, waits until somebody has been there, says so, and asks for a name.
    private static func fixture(_ gate: Gate) throws -> ServiceFixture {
        let tool = ScriptedTool("visit", taskSupport: .optional(.atOnce)) {
            _,
            context async throws(ToolError) in
            _ = try context.answer("page", to: .page)
            guard await gate.pass() else { throw ToolError(.cancelled, "given up") }
            for key in ["page", "page", "who", "nothing"] { await context.elicitationCompleted(key) }
            return .text("Hello \(try context.answer("who", to: .name).text("name"))")
        }
        return try ServiceFixture([tool])
    }

    @Test func `the client is told once, with the identifier it was asked with, when the page is done`()
        async throws
    {
        let gate = Gate()
        try await Self.fixture(gate).channel { client in
            try await client.initialize(.v20251125, Self.addresses)
            let id = await client.send("tools/call", Self.call)
            let question = try #require(try await client.next("elicitation/create"))
            let errand = try #require(question.params?["elicitationId"]?.stringValue)
            await client.answer(question, with: ["action": "accept"])
            while gate.waiting == 0 { await Task.yield() }
            #expect(await client.quiet() == [])
            gate.open()
            let news = try #require(try await client.next(Self.method))
            #expect(news.params == ["elicitationId": .string(errand)] && news["id"] == nil)
            let second = try #require(try await client.next("elicitation/create"))
            #expect(second.params?["mode"] == "form")
            await client.answer(second, with: .named("Ann"))
            #expect(try await client.response(to: id)?.text == "Hello Ann")
            #expect(await client.quiet() == [])
        }
    }

    @Test func `each call has an identifier of its own`() async throws {
        let gate = Gate()
        gate.open()
        try await Self.fixture(gate).channel { client in
            try await client.initialize(.v20251125, Self.addresses)
            var errands: Set<String> = []
            for _ in 0..<2 {
                let id = await client.send("tools/call", Self.call)
                let question = try #require(try await client.next("elicitation/create"))
                errands.insert(question.params?["elicitationId"]?.stringValue ?? "")
                await client.answer(question, with: ["action": "accept"])
                let news = try #require(try await client.next(Self.method))
                errands.insert(news.params?["elicitationId"]?.stringValue ?? "")
                let second = try #require(try await client.next("elicitation/create"))
                await client.answer(second, with: .named("Ann"))
                _ = try await client.response(to: id)
            }
            #expect(errands.count == 2 && !errands.contains(""))
        }
    }

    @Test func `where requests have ways of their own it goes the way of the call`() async throws {
        let gate = Gate()
        gate.open()
        let session = await RoutedSession(try Self.fixture(gate), Self.addresses)
        let (news, task) = session.begin(1, "tools/call", Self.call)
        let question = await news.first("elicitation/create")
        await session.answer(question, ["action": "accept"])
        let told = await news.first(Self.method)
        #expect(told.params?["elicitationId"] == question.params?["elicitationId"])
        let second = await news.first { $0.params?["mode"] == "form" }
        await session.answer(second, .named("Ann"))
        await task.value
        #expect(session.unrelated.messages == [])
        #expect(news.methods == ["elicitation/create", Self.method, "elicitation/create", "answer"])
    }

    @Test func `a task tells it, too`() async throws {
        let gate = Gate()
        gate.open()
        try await Self.fixture(gate).channel { client in
            try await client.initialize(.v20251125, Self.addresses)
            let handle = try await client.request("tools/call", TaskFixture.core("visit"))
            let id = JSONValue.string(try #require(handle?.taskID))
            let question = try #require(try await client.next("elicitation/create"))
            await client.answer(question, with: ["action": "accept"])
            let news = try #require(try await client.next(Self.method))
            #expect(news.params?["elicitationId"] == question.params?["elicitationId"])
            let second = try #require(try await client.next("elicitation/create"))
            await client.answer(second, with: .named("Ann"))
            #expect(try await client.request("tasks/result", ["taskId": id])?.text == "Hello Ann")
        }
    }

    @Test func `in 2026-07-28 there is neither an identifier nor such news`() async throws {
        let gate = Gate()
        gate.open()
        let client = try Self.fixture(gate).stateless(Self.addresses)
        let first = await client.call("visit")
        #expect(first.result?["inputRequests"]?["page"]?["params"]?["mode"] == "url")
        #expect(first.result?["inputRequests"]?["page"]?["params"]?["elicitationId"] == nil)
        let news = News()
        let second = await client.request(
            "tools/call",
            [
                "name": "visit", "inputResponses": ["page": ["action": "accept"]],
                "requestState": .string(first.state ?? ""),
            ],
            news: news
        )
        #expect(second.asked == ["who"])
        #expect(news.messages == [])
    }
}
