// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPTesting
import Testing

@testable import ContainerMCPCore

@Suite(.timeLimit(.minutes(1))) struct TaskQuestionTests {
    @Test func `on a channel a task asks at once, and goes on with the answer`() async throws {
        let fixture = try TaskFixture()
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125, TaskFixture.forms)
            let handle = try await client.request("tools/call", TaskFixture.core("asker"))
            let id = JSONValue.string(try #require(handle?.taskID))
            let question = try #require(try await client.next("elicitation/create"))
            #expect(TaskFixture.related(question) == id.stringValue)
            #expect(
                try await client.request("tasks/get", ["taskId": id])?.result?["status"] == "input_required"
            )
            await client.answer(question, with: .named("Ann"))
            while fixture.gate.waiting == 0 { await Task.yield() }
            #expect(try await client.request("tasks/get", ["taskId": id])?.result?["status"] == "working")
            fixture.gate.open()
            let result = try await client.request("tasks/result", ["taskId": id])
            #expect(result?.text == "Hello Ann")
        }
    }

    @Test func `a client that can't be asked makes the task fail`() async throws {
        let fixture = try TaskFixture()
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125)
            let handle = try await client.request("tools/call", TaskFixture.core("asker"))
            let id = JSONValue.string(try #require(handle?.taskID))
            #expect(try await client.request("tasks/result", ["taskId": id])?.isToolError == true)
            #expect(try await client.request("tasks/get", ["taskId": id])?.result?["status"] == "failed")
        }
    }

    @Test func `cancelling a task takes its question back from the client`() async throws {
        let fixture = try TaskFixture()
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125, TaskFixture.forms)
            let handle = try await client.request("tools/call", TaskFixture.core("asker"))
            let id = JSONValue.string(try #require(handle?.taskID))
            let question = try #require(try await client.next("elicitation/create"))
            let cancelled = try await client.request("tasks/cancel", ["taskId": id])
            #expect(cancelled?.result?["status"] == "cancelled")
            let withdrawal = try #require(try await client.next("notifications/cancelled"))
            #expect(withdrawal.params?["requestId"] == question["id"])
            await client.answer(question, with: .named("Ann"))
            #expect(try await client.request("tasks/get", ["taskId": id])?.result?["status"] == "cancelled")
        }
    }

    @Test func `an error in place of an answer fails the task`() async throws {
        let fixture = try TaskFixture()
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125, TaskFixture.forms)
            for isShape in [true, false] {
                let handle = try await client.request("tools/call", TaskFixture.core("asker"))
                let id = JSONValue.string(try #require(handle?.taskID))
                let question = try #require(try await client.next("elicitation/create"))
                if isShape {
                    await client.answer(question, with: ["action": "accept", "content": ["name": 7]])
                } else {
                    await client.refuse(question, code: -1, message: "secret")
                }
                let result = try #require(try await client.request("tasks/result", ["taskId": id]))
                #expect(result.isToolError && !result.encodedString().contains("secret"))
            }
        }
    }

    @Test func `in a session the question goes the way of the request for the result`() async throws {
        let fixture = try TaskFixture()
        let session = await RoutedSession(fixture.fixture, TaskFixture.forms)
        let handle = await session.request(1, "tools/call", TaskFixture.core("asker"))
        let id = JSONValue.string(try #require(handle.taskID))
        // The session hears that it is asking, not what.
        let status = await session.unrelated.first("notifications/tasks/status")
        #expect(status.params?["status"] == "input_required" && status.params?["taskId"] == id)
        let (news, task) = session.begin(2, "tasks/result", ["taskId": id])
        let question = await news.first("elicitation/create")
        #expect(TaskFixture.related(question) == id.stringValue)
        fixture.gate.open()
        await session.answer(question, .named("Ann"))
        await task.value
        #expect(news.messages.last?.text == "Hello Ann")
        #expect(!session.unrelated.methods.contains("elicitation/create"))
    }

    @Test func `breaking off the request for the result leaves the question open for the next one`()
        async throws
    {
        let fixture = try TaskFixture()
        let session = await RoutedSession(fixture.fixture, TaskFixture.forms)
        let handle = await session.request(1, "tools/call", TaskFixture.core("asker"))
        let id = JSONValue.string(try #require(handle.taskID))
        let (first, broken) = session.begin(2, "tasks/result", ["taskId": id])
        let question = await first.first("elicitation/create")
        await session.post([
            "jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 2],
        ])
        await broken.value
        #expect(first.methods.contains("answer") == false)
        await session.answer(question, .named("Late"))
        #expect(await session.request(3, "tasks/get", ["taskId": id]).result?["status"] == "input_required")
        let (second, task) = session.begin(4, "tasks/result", ["taskId": id])
        let again = await second.first("elicitation/create")
        #expect(again["id"] != question["id"])
        fixture.gate.open()
        await session.answer(again, .named("Ann"))
        await task.value
        #expect(second.messages.last?.text == "Hello Ann")
    }

    @Test func `a request that can carry no question leaves it to another`() async throws {
        let fixture = try TaskFixture()
        let session = await RoutedSession(fixture.fixture, TaskFixture.forms)
        let handle = await session.request(1, "tools/call", TaskFixture.core("asker"))
        let id = JSONValue.string(try #require(handle.taskID))
        _ = await session.unrelated.first("notifications/tasks/status")
        let (mute, silent) = session.begin(2, "tasks/result", ["taskId": id], isAnswerOnly: true)
        // It has looked at the question when the next request is served.
        while await session.server.isIdle { await Task.yield() }
        _ = await session.request(3, "tasks/get", ["taskId": id])
        let (news, task) = session.begin(4, "tasks/result", ["taskId": id])
        let question = await news.first("elicitation/create")
        fixture.gate.open()
        await session.answer(question, .named("Ann"))
        await task.value
        await silent.value
        #expect(mute.methods == ["answer"] && mute.messages.first?.text == "Hello Ann")
    }

    @Test func `what is asked before the task goes the way of the call`() async throws {
        let fixture = try TaskFixture()
        let session = await RoutedSession(fixture.fixture, TaskFixture.forms)
        var params = TaskFixture.core("leaver")
        params["_meta"] = ["progressToken": "p"]
        let (news, task) = session.begin(1, "tools/call", params)
        let question = await news.first("elicitation/create")
        #expect(TaskFixture.related(question) == nil)
        await session.answer(question, .named("Ann"))
        await task.value
        let id = try #require(news.messages.last?.taskID)
        fixture.gate.open()
        let result = await session.request(2, "tasks/result", ["taskId": .string(id)])
        #expect(result.text == "Hello Ann")
        // Progress before the task is about the call, and after it about the task.
        let all = (news.messages + session.unrelated.messages)
            .filter { $0["method"] == "notifications/progress" && $0.params?["progress"] != 3 }
        #expect(all.map { TaskFixture.related($0) } == [nil, id])
    }

    @Test func `another owner's session answers what the other era asks`() async throws {
        let fixture = try TaskFixture()
        let ann = Subject(id: "ann", isAuthenticated: true)
        let session = await RoutedSession(fixture.fixture, TaskFixture.forms, subject: ann)
        let modern = fixture.fixture.stateless(TaskFixture.tasks, subject: ann)
        let id = JSONValue.string(try #require(await modern.call("asker").taskID))
        let (news, task) = session.begin(1, "tasks/result", ["taskId": id])
        let question = await news.first("elicitation/create")
        fixture.gate.open()
        await session.answer(question, .named("Ann"))
        await task.value
        #expect(news.messages.last?.text == "Hello Ann")
        let read = await modern.request("tasks/get", ["taskId": id])
        #expect(read.result?["result"]?["content"]?[0]?["text"] == "Hello Ann")
    }
}
