// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct LoggingTests {
    private static let chatty = ScriptedTool("chatty") { _, context async throws(ToolError) in
        for level in LogLevel.allCases { context.log(level, .string(level.rawValue), logger: "test") }
        return .text("done")
    }

    private func levels(_ messages: [JSONValue]) -> [String] {
        messages.filter { $0["method"] == "notifications/message" }.compactMap {
            $0.params?["level"]?.stringValue
        }
    }

    private static let names = [
        "debug", "info", "notice", "warning", "error", "critical", "alert", "emergency",
    ]

    @Test(arguments: [ProtocolRevision.v20241105, .v20251125])
    func `a session gets what is at its level or above, and from info on until it says otherwise`(
        revision: ProtocolRevision
    ) async throws {
        try await ServiceFixture([Self.chatty]).channel { client in
            try await client.initialize(revision)
            #expect(try await client.request("tools/call", ["name": "chatty"])?.text == "done")
            #expect(levels(await client.quiet()) == Array(Self.names.dropFirst()))
            for (index, name) in Self.names.enumerated() {
                let set = try await client.request("logging/setLevel", ["level": .string(name)])
                #expect(set?.result == [:])
                _ = try await client.request("tools/call", ["name": "chatty"])
                #expect(levels(await client.quiet()) == Array(Self.names.dropFirst(index)))
            }
            for bad: JSONObject in [[:], ["level": "loud"], ["level": 7], ["level": "INFO"]] {
                #expect(try await client.request("logging/setLevel", bad)?.errorCode == -32602)
            }
        }
    }

    @Test func `the level of one session is not that of another`() async throws {
        let fixture = try ServiceFixture([Self.chatty])
        let (first, second) = (await RoutedSession(fixture, [:]), await RoutedSession(fixture, [:]))
        _ = await first.request(1, "logging/setLevel", ["level": "emergency"])
        let (quiet, one) = first.begin(2, "tools/call", ["name": "chatty"])
        let (loud, two) = second.begin(2, "tools/call", ["name": "chatty"])
        await one.value
        await two.value
        #expect(levels(quiet.messages) == ["emergency"])
        #expect(levels(loud.messages) == Array(Self.names.dropFirst()))
        // They go the way of their call, and nowhere else.
        #expect(first.unrelated.messages == [] && second.unrelated.messages == [])
    }

    @Test func `a modern request gets the level it names, and nothing where it names none`() async throws {
        let fixture = try ServiceFixture([Self.chatty])
        let client = fixture.stateless()
        for (index, name) in Self.names.enumerated() {
            let news = News()
            let answer = await client.request(
                "tools/call",
                ["name": "chatty"],
                meta: ["io.modelcontextprotocol/logLevel": .string(name)],
                news: news
            )
            #expect(answer.text == "done" && levels(news.messages) == Array(Self.names.dropFirst(index)))
        }
        let silence = News()
        _ = await client.request("tools/call", ["name": "chatty"], news: silence)
        #expect(silence.messages == [])
        let wrong = await client.request(
            "tools/call",
            ["name": "chatty"],
            meta: ["io.modelcontextprotocol/logLevel": "loud"]
        )
        #expect(wrong.errorCode == -32602)
        // A session's level on the same channel is not a modern request's.
        try await fixture.channel { channel in
            try await channel.initialize(.v20251125)
            _ = try await channel.request("logging/setLevel", ["level": "debug"])
            _ = try await channel.request("tools/call", ["name": "chatty", "_meta": InMemoryClient.meta()])
            #expect(levels(await channel.quiet()) == [])
        }
    }

    @Test func `a log message has its logger and its data as they are`() async throws {
        let tool = ScriptedTool("one") { _, context async throws(ToolError) in
            context.log(.error, ["a": [1, .null]], logger: "part")
            context.log(.error, "plain")
            return .text("done")
        }
        try await ServiceFixture([tool]).channel { client in
            try await client.initialize(.v20250618)
            _ = try await client.request("tools/call", ["name": "one"])
            let messages = await client.quiet().compactMap(\.params)
            #expect(
                messages == [
                    ["level": "error", "logger": "part", "data": ["a": [1, .null]]],
                    ["level": "error", "data": "plain"],
                ]
            )
        }
    }

    @Test func `what became of a call is logged, without its arguments`() async throws {
        let tool = ScriptedTool("never") { _, _ async throws(ToolError) in
            throw ToolError(.notFound, "there is nothing", cause: "/srv/secret")
        }
        try await ServiceFixture([Self.chatty, tool]).channel { client in
            try await client.initialize(.v20251125)
            func logs(_ tool: String) async throws -> [JSONValue] {
                let arguments: JSONValue = ["word": "confidential"]
                _ = try await client.request("tools/call", ["name": .string(tool), "arguments": arguments])
                return await client.unread().filter(\.isCallLog).compactMap(\.params)
            }
            #expect(try await logs("chatty") == [])
            let refused = try await logs("never")
            #expect(refused.count == 1 && refused[0]["level"] == "warning")
            #expect(refused[0]["data"]?["call"] == "never" && refused[0]["data"]?["outcome"] == "not_found")
            _ = try await client.request("logging/setLevel", ["level": "debug"])
            let served = try await logs("chatty")
            #expect(served.count == 1 && served[0]["level"] == "debug")
            for log in refused + served {
                #expect(!log.encodedString().contains("confidential"))
                #expect(!log.encodedString().contains("secret"))
            }
        }
    }

    @Test func `a flood of messages is cut, and the answer still comes after what was let through`()
        async throws
    {
        let tool = ScriptedTool("flood") { _, context async throws(ToolError) in
            for number in 0..<5_000 { context.log(.error, .integer(Int64(number))) }
            return .text("done")
        }
        try await ServiceFixture([tool]).channel { client in
            try await client.initialize(.v20250618)
            let id = await client.send("tools/call", ["name": "flood"])
            #expect(try await client.response(to: id)?.text == "done")
            let count = await client.quiet().count
            // At most 200 in a second, and the flood may last longer than one.
            #expect(count >= 200 && count < 2_500)
            #expect(try await client.request("ping")?.result == [:])
            #expect(await client.quiet() == [])
        }
    }
}
