// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import ContainerMCPTesting
import Testing

@testable import ContainerMCPCore

@Suite(.timeLimit(.minutes(1))) struct TaskPlacesTests {
    private func run(_ command: String, timeout: Int? = nil, asTask: Bool = false) -> JSONObject {
        var arguments: JSONObject = ["command": .string(command)]
        arguments["timeout"] = timeout.map { .integer(Int64($0)) }
        var params: JSONObject = ["name": "system_run_command", "arguments": .object(arguments)]
        if asTask { params["task"] = [:] }
        return params
    }

    @Test func `a command that takes longer than the grace becomes a task, and a short one does not`()
        async throws
    {
        let fixture = try TaskFixture(grace: .zero)
        let client = fixture.fixture.stateless(TaskFixture.tasks)
        let handle = await client.request("tools/call", run("slow"))
        #expect(handle.result?["resultType"] == "task")
        // A client that knows no tasks waits for the end.
        let inline = Task { await fixture.fixture.stateless().request("tools/call", run("inline")) }
        await fixture.fixture.host.runner.begun(2)
        fixture.gate.open()
        _ = try await fixture.fixture.end(of: handle.taskID, for: client.caller)
        let task = await client.request("tasks/get", ["taskId": .string(handle.taskID ?? "")])
        let answer = await inline.value
        // The same result, member for member.
        var inner = try #require(task.result?["result"]?.objectValue)
        var whole = try #require(answer.result?.objectValue)
        for key in ["_meta", "structuredContent", "content"] {
            #expect(key == "_meta" || inner[key] != nil)
            for member in ["duration_ms", "duration"] where inner[key]?[member] != nil {
                inner[key] = nil
                whole[key] = nil
            }
        }
        inner["_meta"] = nil
        whole["_meta"] = nil
        #expect(inner == whole)

        let patient = try TaskFixture(grace: .seconds(600))
        let quick = await patient.fixture.stateless(TaskFixture.tasks).request("tools/call", run("quick"))
        #expect(
            quick.result?["resultType"] == "complete"
                && quick.result?["structuredContent"]?["success"] == true
        )
    }

    @Test func `a time above the limit of a request needs a task`() async throws {
        let fixture = try TaskFixture()
        let client = fixture.fixture.stateless(TaskFixture.tasks)
        let refused = await fixture.fixture.stateless().request("tools/call", run("x", timeout: 121))
        #expect(refused.isToolError && refused.text?.contains("120") == true)
        #expect(fixture.fixture.host.runner.runs.isEmpty)
        let handle = await client.request("tools/call", run("long", timeout: 121))
        #expect(handle.result?["resultType"] == "task")
        await fixture.fixture.host.runner.begun(1)
        #expect(fixture.fixture.host.runner.runs.first?.request.limits.time == .seconds(121))
        let over = await client.request("tools/call", run("x", timeout: 3601))
        #expect(over.isToolError && over.text?.contains("'timeout'") == true)
        fixture.gate.open()
        try await fixture.fixture.channel { legacy in
            try await legacy.initialize(.v20251125)
            let inline = try await legacy.request("tools/call", run("x", timeout: 3600))
            #expect(inline?.isToolError == true)
            let task = try await legacy.request("tools/call", run("y", timeout: 3600, asTask: true))
            let id = JSONValue.string(try #require(task?.taskID))
            let result = try await legacy.request("tasks/result", ["taskId": id])
            #expect(result?.result?["structuredContent"]?["success"] == true)
        }
        #expect(fixture.fixture.host.runner.runs.last?.request.limits.time == .seconds(3600))
    }

    @Test func `where no task can be made, a short call stays with its request, and a long one is refused`()
        async throws
    {
        let fixture = try TaskFixture(JobLimits(livePerOwner: 1), grace: .zero)
        let client = fixture.fixture.stateless(TaskFixture.tasks)
        #expect(await client.call("slow").taskID != nil)
        let inline = Task { await client.request("tools/call", run("inline")) }
        await fixture.fixture.host.runner.begun(1)
        let long = await client.request("tools/call", run("long", timeout: 200))
        #expect(long.isToolError && fixture.fixture.host.runner.runs.count == 1)
        #expect(await client.call("only").errorCode == -32603)
        fixture.gate.open()
        #expect(await inline.value.result?["resultType"] == "complete")
    }

    @Test func `two of four places are for tasks, and the others wait as working`() async throws {
        let fixture = try TaskFixture()
        let client = fixture.fixture.stateless(TaskFixture.tasks)
        var ids: [String?] = []
        for _ in 0..<3 { ids.append(await client.call("slow").taskID) }
        while fixture.gate.waiting < 2 { await Task.yield() }
        // Short calls get through, as many as there are places left.
        for _ in 0..<8 {
            #expect(await client.request("tools/call", run("quick")).isToolError == false)
        }
        #expect(fixture.gate.waiting == 2)
        for id in ids {
            let task = await client.request("tasks/get", ["taskId": .string(id ?? "")])
            #expect(task.result?["status"] == "working")
        }
        fixture.gate.open()
        for id in ids {
            let task = try await fixture.fixture.end(of: id, for: client.caller)
            #expect(task.status(in: .modern) == .completed)
        }
    }

    @Test
    func `a task that is cancelled while it waits for a place never runs, and frees none that it hasn't`()
        async throws
    {
        let fixture = try TaskFixture()
        let client = fixture.fixture.stateless(TaskFixture.tasks)
        func begin() async throws -> JSONValue { .string(try #require(await client.call("slow").taskID)) }
        let running = [try await begin(), try await begin()]
        while fixture.gate.waiting < 2 { await Task.yield() }
        let waiting = try await begin()
        _ = await client.request("tasks/cancel", ["taskId": waiting])
        let task = await client.request("tasks/get", ["taskId": waiting])
        #expect(task.result?["status"] == "cancelled" && fixture.gate.waiting == 2)
        // One that runs gives its place to the next.
        let next = try await begin()
        _ = await client.request("tasks/cancel", ["taskId": running[0]])
        while fixture.gate.waiting < 2 { await Task.yield() }
        fixture.gate.open()
        for id in [running[1], next] {
            let ended = try await fixture.fixture.end(of: id.stringValue, for: client.caller)
            #expect(ended.status(in: .modern) == .completed)
        }
    }

    @Test func `a cancelled command's processes are ended`() async throws {
        let fixture = try TaskFixture(grace: .zero)
        let client = fixture.fixture.stateless(TaskFixture.tasks)
        let id = JSONValue.string(
            try #require(await client.request("tools/call", run("slow")).taskID)
        )
        await fixture.fixture.host.runner.begun(1)
        _ = await client.request("tasks/cancel", ["taskId": id])
        while fixture.fixture.host.runner.running > 0 { await Task.yield() }
        #expect(await client.request("tasks/get", ["taskId": id]).result?["status"] == "cancelled")
    }

    @Test func `a call that could not become a task holds no task's place`() async throws {
        let fixture = try TaskFixture(JobLimits(livePerOwner: 1))
        let subjects = ["ann", "bob"].map { Subject(id: $0, isAuthenticated: true) }
        let clients = subjects.map { fixture.fixture.stateless(TaskFixture.tasks, subject: $0) }
        #expect(await clients[0].call("slow").taskID != nil)
        // This one stays with its request.
        let inline = Task { await clients[0].call("slow") }
        while fixture.gate.waiting < 2 { await Task.yield() }
        let other = await clients[1].call("slow")
        #expect(other.taskID != nil)
        while fixture.gate.waiting < 3 { await Task.yield() }
        fixture.gate.open()
        #expect(await inline.value.text == "done")
        _ = try await fixture.fixture.end(of: other.taskID, for: clients[1].caller)
    }

    @Test func `a task that asked goes on in a task's place`() async throws {
        let fixture = try TaskFixture()
        let client = fixture.fixture.stateless(TaskFixture.tasks)
        var ids: [String] = []
        for _ in 0..<4 { ids.append(try #require(await client.call("asker").taskID)) }
        for id in ids {
            let jobs = fixture.fixture.service.parts.jobs
            let task = try await jobs.waitForEnd(of: id, for: .anonymous, orQuestionsBeside: [])
            let key = try #require(task.questions.first?.key)
            let responses: JSONValue = [key: .object(.named("Ann"))]
            _ = await client.request("tasks/update", ["taskId": .string(id), "inputResponses": responses])
        }
        while fixture.gate.waiting < 2 { await Task.yield() }
        for _ in 0..<20 {
            #expect(await client.request("tools/call", run("quick")).isToolError == false)
        }
        #expect(fixture.gate.waiting == 2)
        fixture.gate.open()
        for id in ids {
            let task = try await fixture.fixture.end(of: id, for: client.caller)
            #expect(task.status(in: .modern) == .completed)
        }
    }

    @Test func `the gate forgets calls that ended in the background`() async throws {
        let fixture = try TaskFixture()
        fixture.gate.open()
        let client = fixture.fixture.stateless(TaskFixture.tasks)
        for tool in ["slow", "only", "wrong", "broken"] {
            for _ in 0..<4 {
                let handle = await client.call(tool)
                _ = try await fixture.fixture.end(of: handle.taskID, for: client.caller)
            }
        }
        // Nor one that is refused before it comes to the gate.
        let session = await RoutedSession(fixture.fixture, [:])
        let handle = await session.request(
            1,
            "tools/call",
            TaskFixture.core("system_run_command", ["command": 7])
        )
        let result = await session.request(2, "tasks/result", ["taskId": .string(handle.taskID ?? "")])
        #expect(result.isToolError)
        await fixture.fixture.service.stop()
        #expect(fixture.fixture.host.host.gate.isEmpty)
    }

    @Test func `stopping the service ends every task as interrupted`() async throws {
        let fixture = try TaskFixture(grace: .zero)
        let client = fixture.fixture.stateless(TaskFixture.tasks)
        let first = await client.request("tools/call", run("slow")).taskID
        let second = await client.call("asker").taskID
        await fixture.fixture.host.runner.begun(1)
        await fixture.fixture.service.stop()
        #expect(fixture.fixture.host.runner.running == 0)
        for id in [first, second] {
            let task = await client.request("tasks/get", ["taskId": .string(id ?? "")])
            #expect(task.result?["status"] == "failed" && task.result?["error"]?["code"] == -32603)
        }
        #expect(await client.call("only").errorCode == -32603)
    }
}
