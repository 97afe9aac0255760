// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPTesting
import Testing

@testable import ContainerMCPCore

@Suite(.timeLimit(.minutes(1))) struct TaskNewsTests {
    private static func talker() -> JSONObject {
        var params = TaskFixture.core("talker")
        params["_meta"] = ["progressToken": 7]
        return params
    }

    @Test func `progress and logs name the task and go to the session where nobody waits for the result`()
        async throws
    {
        let fixture = try TaskFixture()
        let session = await RoutedSession(fixture.fixture, [:])
        let (call, task) = session.begin(1, "tools/call", Self.talker())
        await task.value
        let id = try #require(call.messages.last?.taskID)
        #expect(call.methods == ["answer"])
        let progress = await session.unrelated.first("notifications/progress")
        #expect(progress.params?["progressToken"] == 7 && progress.params?["message"] == "one")
        #expect(TaskFixture.related(progress) == id)
        let log = await session.unrelated.first("notifications/message")
        #expect(log.params?["data"] == "trouble" && TaskFixture.related(log) == id)
        fixture.gate.open()
        _ = await session.request(2, "tasks/result", ["taskId": .string(id)])
        // Debug is below what a session wants that said nothing.
        let logs = session.unrelated.messages.filter { $0["method"] == "notifications/message" }
        #expect(logs.count == 1)
    }

    @Test func `they go the way of a request that waits for the result, and stop with it`() async throws {
        let fixture = try TaskFixture()
        let session = await RoutedSession(fixture.fixture, [:])
        let handle = await session.request(1, "tools/call", Self.talker())
        let id = try #require(handle.taskID)
        _ = await session.unrelated.first("notifications/message")
        let (news, task) = session.begin(2, "tasks/result", ["taskId": .string(id)])
        while await session.server.isIdle { await Task.yield() }
        // The wait is on when the task has a listener.
        while fixture.fixture.service.parts.talks.talk(of: id)?.hasListener != true { await Task.yield() }
        fixture.gate.open()
        await task.value
        #expect(news.messages.last?.text == "said")
        let progress = (session.unrelated.messages + news.messages)
            .filter { $0["method"] == "notifications/progress" }
        // What grows is told, once.
        let values = progress.compactMap { $0.params?["progress"]?.doubleValue }
        #expect(values == values.sorted() && Set(values).count == values.count)
        for message in progress { #expect(TaskFixture.related(message) == id) }
        #expect(TaskFixture.related(news.messages.last) == id)
    }

    @Test func `the session hears of every change of its own task, once it is ready`() async throws {
        let fixture = try TaskFixture()
        let session = await RoutedSession(fixture.fixture, [:])
        let stranger = await RoutedSession(fixture.fixture, [:])
        let handle = await session.request(1, "tools/call", TaskFixture.core("slow"))
        fixture.gate.open()
        let status = await session.unrelated.first("notifications/tasks/status")
        #expect(status.params?["taskId"]?.stringValue == handle.taskID)
        #expect(status.params?["status"] == "completed" && status.params?["result"] == nil)
        #expect(status.params?["_meta"] == nil && status.params?["ttl"] != nil)
        #expect(stranger.unrelated.messages == [])
    }

    @Test func `a task that ended before its handle was out is told of, too`() async throws {
        let fixture = try TaskFixture()
        let session = await RoutedSession(fixture.fixture, [:])
        for number in 0..<20 {
            let handle = await session.request(Int64(number), "tools/call", TaskFixture.core("only"))
            let id = try #require(handle.taskID)
            let status = await session.unrelated.first { $0.params?["taskId"]?.stringValue == id }
            #expect(status.params?["status"] == "completed")
        }
    }

    @Test func `a modern call that has become a task says no more`() async throws {
        let fixture = try TaskFixture()
        let client = fixture.fixture.stateless(TaskFixture.tasks)
        let news = News()
        let asked = await client.request("tools/call", ["name": "leaver"])
        let handle = await client.request(
            "tools/call",
            [
                "name": "leaver", "inputResponses": ["who": .object(.named("Ann"))],
                "requestState": .string(try #require(asked.state)),
            ],
            meta: ["progressToken": 1, "io.modelcontextprotocol/logLevel": "debug"],
            news: news
        )
        #expect(news.messages.first?.params?["progress"]?.doubleValue == 1)
        #expect(!news.messages.contains { $0.encodedString().contains("related-task") })
        fixture.gate.open()
        _ = try await fixture.fixture.end(of: handle.taskID, for: client.caller)
    }
}
