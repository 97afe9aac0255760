// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPTesting
import Testing

@testable import ContainerMCPCore

@Suite(.timeLimit(.minutes(1))) struct ExtensionTaskTests {
    private static let extensionName = "io.modelcontextprotocol/tasks"

    private func get(_ client: StatelessClient, _ id: String?) async -> JSONValue {
        await client.request("tasks/get", ["taskId": .string(id ?? "")])
    }

    @Test func `a handle is flat, and says nothing of how it went on`() async throws {
        let fixture = try TaskFixture()
        let client = fixture.fixture.stateless(TaskFixture.tasks)
        for tool in ["slow", "wrong", "broken", "asker", "only"] {
            let handle = try #require(await client.call(tool).result)
            #expect(handle["resultType"] == "task" && handle["status"] == "working")
            #expect(
                handle["createdAt"] == "2025-06-15T15:06:40Z"
                    && handle["lastUpdatedAt"] == handle["createdAt"]
            )
            #expect(handle["ttlMs"]?.intValue ?? 0 > 0 && handle["pollIntervalMs"] == 1_000)
            for member in ["task", "result", "error", "inputRequests", "requestState", "ttl", "content"] {
                #expect(handle[member] == nil)
            }
            #expect(handle["taskId"]?.stringValue?.utf8.count ?? 0 >= 32)
        }
        fixture.gate.open()
    }

    @Test func `every end of a task is told as the table says`() async throws {
        let fixture = try TaskFixture()
        let client = fixture.fixture.stateless(TaskFixture.tasks)
        let slow = await client.call("slow").taskID
        #expect(await get(client, slow).result?["status"] == "working")
        fixture.gate.open()
        let rows: [(String?, String, String?)] = [
            (slow, "completed", "result"), (await client.call("wrong").taskID, "completed", "result"),
            (await client.call("broken").taskID, "failed", "error"),
            (await client.call("only").taskID, "completed", "result"),
        ]
        for (id, status, member) in rows {
            _ = try await fixture.fixture.end(of: id, for: client.caller)
            let task = try #require(await get(client, id).result)
            #expect(task["resultType"] == "complete" && task["status"]?.stringValue == status)
            for other in ["result", "error", "inputRequests"] {
                #expect((task[other] != nil) == (other == member))
            }
            #expect(task["ttlMs"] != nil && task["cacheScope"] == nil && task["taskId"]?.stringValue == id)
            #expect(!task.encodedString().contains("related-task"))
        }
        let wrong = await get(client, rows[1].0).result
        #expect(wrong?["result"]?["isError"] == true && wrong?["result"]?["resultType"] == "complete")
        let broken = await get(client, rows[2].0).result
        #expect(broken?["error"] == ["code": -32603, "message": "it broke", "data": ["why": 1]])
    }

    @Test func `a question inside a task is answered by an update, at once`() async throws {
        let fixture = try TaskFixture()
        let client = fixture.fixture.stateless(TaskFixture.tasks)
        let id = try #require(await client.call("asker").taskID)
        let asking = try await fixture.fixture.service.parts.jobs.waitForEnd(
            of: id,
            for: .anonymous,
            orQuestionsBeside: []
        )
        let key = try #require(asking.questions.first?.key)
        #expect(key == "who-1")
        let task = await get(client, id).result
        #expect(task?["status"] == "input_required" && task?["requestState"] == nil)
        #expect(task?["inputRequests"]?[key]?["method"] == "elicitation/create")
        func update(_ responses: JSONValue) async -> JSONValue {
            await client.request("tasks/update", ["taskId": .string(id), "inputResponses": responses])
        }
        // What is not open is passed over; what is open must fit, or nothing is taken.
        await WireRecording.$isBrokenOnPurpose.withValue(true) {
            #expect(await update(["who": 1, "who-2": .null, "x": []]).result?["resultType"] == "complete")
        }
        #expect(await update([key: ["action": "accept", "content": ["name": 7]]]).errorCode == -32602)
        #expect(await update(.null).errorCode == -32602)
        #expect(await get(client, id).result?["status"] == "input_required")
        let taken = await update([key: .object(.named("Ann"))])
        #expect(taken.result?["resultType"] == "complete" && taken.result?["status"] == nil)
        #expect(await get(client, id).result?["status"] == "working")
        await WireRecording.$isBrokenOnPurpose.withValue(true) {
            #expect(await update([key: 1]).result?["resultType"] == "complete")
        }
        fixture.gate.open()
        _ = try await fixture.fixture.end(of: id, for: client.caller)
        #expect(await get(client, id).result?["result"]?["content"]?[0]?["text"] == "Hello Ann")
    }

    @Test func `what is asked before a call leaves is asked by the call, and then it is a task`() async throws
    {
        let fixture = try TaskFixture()
        let client = fixture.fixture.stateless(TaskFixture.tasks)
        let asked = await client.call("leaver")
        #expect(asked.asked == ["who"] && asked.taskID == nil && asked.state != nil)
        let handle = await client.call(
            "leaver",
            responses: ["who": .object(.named("Ann"))],
            state: asked.state
        )
        #expect(handle.result?["resultType"] == "task" && handle.state == nil && handle.asked == [])
        fixture.gate.open()
        _ = try await fixture.fixture.end(of: handle.taskID, for: client.caller)
        let task = await get(client, handle.taskID).result
        #expect(task?["result"]?["content"]?[0]?["text"] == "Hello Ann")
    }

    @Test func `a client that did not declare the extension gets no task`() async throws {
        let fixture = try TaskFixture()
        fixture.gate.open()
        let with = fixture.fixture.stateless(TaskFixture.tasks)
        let id = try #require(await with.call("slow").taskID)
        let undeclared: [JSONObject] = [
            [:], ["tasks": ["requests": [:]]], ["extensions": [:]],
            ["extensions": ["io.modelcontextprotocol/tasks": true]],
            ["extensions": ["io.modelcontextprotocol/tasks": .null]],
        ]
        for capabilities in undeclared {
            let client = fixture.fixture.stateless(capabilities)
            let isBroken =
                capabilities["extensions"]?[Self.extensionName].map { $0.objectValue == nil } ?? false
            let inline = await WireRecording.$isBrokenOnPurpose.withValue(isBroken) {
                await client.call("slow")
            }
            #expect(inline.text == "done" && inline.taskID == nil)
            var errors = [await client.call("only")]
            for method in ["tasks/get", "tasks/cancel", "tasks/update"] {
                let params: JSONObject = ["taskId": .string(id), "inputResponses": [:]]
                errors.append(await client.request(method, params))
            }
            errors.append(
                await client.request("subscriptions/listen", ["notifications": ["taskIds": [.string(id)]]])
            )
            for error in errors {
                #expect(error.errorCode == -32021)
                #expect(
                    error["error"]?["data"]?["requiredCapabilities"]?["extensions"]?[Self.extensionName]
                        == [:]
                )
            }
        }
    }

    @Test func `the words of the other form mean nothing here`() async throws {
        let fixture = try TaskFixture()
        fixture.gate.open()
        let client = fixture.fixture.stateless(TaskFixture.tasks)
        let plain = await client.request("tools/call", TaskFixture.core("plain"))
        #expect(plain.text == "plain" && plain.taskID == nil)
        let wrong = await client.request("tools/call", ["name": "plain", "task": 7])
        #expect(wrong.text == "plain")
        for method in ["tasks/result", "tasks/list", "tasks/other"] {
            #expect(await client.request(method, ["taskId": "x"]).errorCode == -32601)
            #expect(await fixture.fixture.stateless().request(method, ["taskId": "x"]).errorCode == -32601)
        }
        let discovery = await client.request("server/discover").result?["capabilities"]
        #expect(discovery?["extensions"]?[Self.extensionName] == [:] && discovery?["tasks"] == nil)
        #expect(!(await client.request("tools/list").encodedString().contains("taskSupport")))
    }

    @Test func `without tasks in the settings nothing of them is there`() async throws {
        let tool = ScriptedTool("slow", taskSupport: .optional(.atOnce)) { _, _ async throws(ToolError) in
            .text("done")
        }
        let fixture = try ServiceFixture([tool], options: ServiceOptions(tasks: nil))
        let client = fixture.stateless(TaskFixture.tasks)
        #expect(await client.call("slow").text == "done")
        #expect(await client.request("tasks/get", ["taskId": "x"]).errorCode == -32601)
        #expect(await client.request("server/discover").result?["capabilities"]?["extensions"] == nil)
    }

    @Test func `an unknown, an expired and a foreign task are one`() async throws {
        let fixture = try TaskFixture()
        let ann = fixture.fixture.stateless(
            TaskFixture.tasks,
            subject: Subject(id: "caf\u{E9}", isAuthenticated: true)
        )
        let id = try #require(await ann.call("slow").taskID)
        var others = [fixture.fixture.stateless(TaskFixture.tasks)]
        for name in ["bob", "cafe\u{301}"] {
            let subject = Subject(id: name, isAuthenticated: true)
            others.append(fixture.fixture.stateless(TaskFixture.tasks, subject: subject))
        }
        let narrow = Subject(id: "caf\u{E9}", isAuthenticated: true, scopes: [.read, .files, .web])
        others.append(fixture.fixture.stateless(TaskFixture.tasks, subject: narrow))
        var errors: Set<JSONValue> = []
        for method in ["tasks/get", "tasks/cancel", "tasks/update"] {
            for client in others {
                let params: JSONObject = ["taskId": .string(id), "inputResponses": [:]]
                errors.insert(await client.request(method, params)["error"] ?? .null)
            }
            for unknown in ["", "x", id + "A", String(id.dropLast())] {
                let params: JSONObject = ["taskId": .string(unknown), "inputResponses": [:]]
                errors.insert(await ann.request(method, params)["error"] ?? .null)
            }
        }
        #expect(errors.count == 1 && errors.first?["code"] == -32602)
        #expect(await get(ann, id).result?["status"] == "working")
        let lifetime = try #require(await get(ann, id).result?["ttlMs"]?.int64Value)
        fixture.clock.set(fixture.clock.now + lifetime - 1)
        #expect(await get(ann, id).result?["status"] == "working")
        fixture.clock.set(fixture.clock.now + 1)
        errors.insert(await get(ann, id)["error"] ?? .null)
        #expect(errors.count == 1)
    }

    @Test func `cancelling is answered empty, also twice and after the end`() async throws {
        let fixture = try TaskFixture()
        let client = fixture.fixture.stateless(TaskFixture.tasks)
        func cancel(_ id: String?) async -> JSONValue {
            await client.request("tasks/cancel", ["taskId": .string(id ?? "")])
        }
        let running = await client.call("slow").taskID
        let asking = await client.call("asker").taskID
        let ended = await client.call("only").taskID
        _ = try await fixture.fixture.end(of: ended, for: client.caller)
        for id in [running, asking, ended] {
            for _ in 0..<2 {
                let answer = try #require(await cancel(id).result?.objectValue)
                #expect(
                    answer.keys.sorted() == ["_meta", "resultType"] && answer["resultType"] == "complete"
                )
            }
        }
        for id in [running, asking] {
            let task = await get(client, id).result
            #expect(task?["status"] == "cancelled" && task?["inputRequests"] == nil && task?["result"] == nil)
        }
        #expect(await get(client, ended).result?["status"] == "completed")
    }

    @Test func `one task is read twenty times a second`() async throws {
        let fixture = try TaskFixture()
        let client = fixture.fixture.stateless(TaskFixture.tasks)
        let (id, other) = (await client.call("slow").taskID, await client.call("slow").taskID)
        for _ in 0..<20 { #expect(await get(client, id).result != nil) }
        #expect(await get(client, id).errorCode == -32603)
        #expect(await get(client, other).result != nil)
        fixture.clock.set(fixture.clock.now + 1_000)
        #expect(await get(client, id).result != nil)
    }

    @Test func `a handle that was lost cancels its task`() async throws {
        let fixture = try TaskFixture()
        let client = fixture.fixture.stateless(TaskFixture.tasks)
        let admitted = try ModernLadder(server: fixture.fixture.service.server).admit(
            JSONRPCRequest(
                id: .integer(1),
                method: "tools/call",
                params: ["name": "slow", "_meta": InMemoryClient.meta(TaskFixture.tasks)]
            )
        )
        let outcome = await fixture.fixture.service.handle(admitted, from: client.caller)
        guard case .result(.task(let task, .handle)) = outcome else {
            Issue.record("no handle")
            return
        }
        await fixture.fixture.service.lost(.result(.empty), from: client.caller)
        #expect(await get(client, task.id).result?["status"] == "working")
        await fixture.fixture.service.lost(outcome, from: client.caller)
        #expect(await get(client, task.id).result?["status"] == "cancelled")
    }
}
