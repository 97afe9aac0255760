// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPTesting
import Testing

@testable import ContainerMCPCore

@Suite(.timeLimit(.minutes(1))) struct CoreTaskTests {
    private func start(_ client: InMemoryClient, _ tool: String) async throws -> String {
        let handle = try #require(try await client.request("tools/call", TaskFixture.core(tool)))
        return try #require(handle.result?["task"]?["taskId"]?.stringValue)
    }

    private func ask(_ client: InMemoryClient, _ method: String, _ id: String) async throws -> JSONValue {
        try #require(try await client.request(method, ["taskId": .string(id)]))
    }

    @Test func `a handle is nested and working, and the wish for its life is kept within bounds`()
        async throws
    {
        let fixture = try TaskFixture()
        fixture.gate.open()
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125)
            for tool in ["slow", "wrong", "broken", "only"] {
                let handle = try #require(try await client.request("tools/call", TaskFixture.core(tool)))
                #expect(handle.result?.objectValue?.keys.contains("content") == false)
                #expect(handle.result?["task"]?["status"] == "working")
                #expect(handle.result?["task"]?["pollInterval"] == 1_000)
            }
            // One hour of work, five minutes of waiting, one minute of reading at least; a day at most.
            for (wish, life) in [
                (nil, 4_500_000), (0, 3_960_000), (-5, 3_960_000), (5_000_000, 5_000_000),
                (Int64.max, 86_400_000),
            ] as [(Int64?, Int64)] {
                let handle = try await client.request("tools/call", TaskFixture.core("slow", ttl: wish))
                #expect(handle?.result?["task"]?["ttl"] == .integer(life))
            }
            for wish: JSONValue in ["x", 1.5, true, .null] {
                let params: JSONObject = ["name": "slow", "task": ["ttl": wish]]
                #expect(try await client.request("tools/call", params)?.errorCode == -32602)
            }
            for task: JSONValue in [7, "x", [], true] {
                let answer = try await client.request("tools/call", ["name": "slow", "task": task])
                #expect(answer?.errorCode == -32602)
            }
        }
    }

    @Test func `every end of a task is told as the table says`() async throws {
        let fixture = try TaskFixture()
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125)
            let slow = try await start(client, "slow")
            #expect(try await ask(client, "tasks/get", slow).result?["status"] == "working")
            let waiting = await client.send("tasks/result", ["taskId": .string(slow)])
            fixture.gate.open()
            let done = try #require(try await client.response(to: waiting))
            #expect(done.text == "done" && TaskFixture.related(done) == slow)
            // Repeatable.
            #expect(try await ask(client, "tasks/result", slow).text == "done")
            let wrong = try await start(client, "wrong")
            let error = try await ask(client, "tasks/result", wrong)
            #expect(error.isToolError && TaskFixture.related(error) == wrong)
            let broken = try await start(client, "broken")
            let failure = try await ask(client, "tasks/result", broken)
            #expect(failure["error"] == ["code": -32603, "message": "it broke", "data": ["why": 1]])
            for (id, status) in [(slow, "completed"), (wrong, "failed"), (broken, "failed")] {
                let task = try #require(try await ask(client, "tasks/get", id).result)
                #expect(
                    task["status"]?.stringValue == status && task["result"] == nil && task["error"] == nil
                )
                #expect(task["_meta"] == nil && task["ttlMs"] == nil)
            }
        }
    }

    @Test func `a task is cancelled once, and its result says so`() async throws {
        let fixture = try TaskFixture()
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125)
            let id = try await start(client, "slow")
            let waiting = await client.send("tasks/result", ["taskId": .string(id)])
            let cancelled = try await ask(client, "tasks/cancel", id)
            #expect(cancelled.result?["status"] == "cancelled" && cancelled.result?["_meta"] == nil)
            let result = try #require(try await client.response(to: waiting))
            #expect(result.isToolError && result.text?.contains("cancelled") == true)
            #expect(TaskFixture.related(result) == id)
            #expect(try await ask(client, "tasks/cancel", id).errorCode == -32602)
            let ended = try await start(client, "only")
            _ = try await ask(client, "tasks/result", ended)
            #expect(try await ask(client, "tasks/cancel", ended).errorCode == -32602)
            #expect(try await ask(client, "tasks/get", ended).result?["status"] == "completed")
            for method in ["tasks/get", "tasks/result", "tasks/cancel"] {
                #expect(try await ask(client, method, "x").errorCode == -32602)
            }
        }
    }

    @Test func `breaking off the wait for a result, or the call, ends no task`() async throws {
        let fixture = try TaskFixture()
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125)
            let call = await client.send("tools/call", TaskFixture.core("slow"))
            let id = try #require(try await client.response(to: call)?.taskID)
            await client.cancel(call)
            let waiting = await client.send("tasks/result", ["taskId": .string(id)])
            await client.cancel(waiting)
            #expect(try await ask(client, "tasks/get", id).result?["status"] == "working")
            fixture.gate.open()
            #expect(try await ask(client, "tasks/result", id).text == "done")
        }
    }

    @Test func `a task that its client gave up before the handle is cancelled`() async throws {
        let limits = JobLimits(keptPerOwner: 500, livePerOwner: 500, kept: 500)
        let fixture = try TaskFixture(limits)
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125)
            var calls: [JSONValue] = []
            for _ in 0..<100 {
                let id = await client.send("tools/call", TaskFixture.core("slow"))
                await client.cancel(id)
                calls.append(id)
            }
            _ = try await client.request("ping")
            // Everything that was begun has come to its end when the ids are free and the channel is quiet.
            var handed: Set<String> = []
            for message in await client.quiet() {
                if let id = message.taskID { handed.insert(id) }
            }
            var live: Set<String> = []
            repeat {
                live = []
                var cursor: String?
                repeat {
                    let params: JSONObject = cursor.map { ["cursor": .string($0)] } ?? [:]
                    let page = try #require(try await client.request("tasks/list", params)?.result)
                    for task in page["tasks"]?.arrayValue ?? [] where task["status"] == "working" {
                        live.insert(task["taskId"]?.stringValue ?? "")
                    }
                    cursor = page["nextCursor"]?.stringValue
                } while cursor != nil
                for message in await client.quiet() {
                    if let id = message.taskID { handed.insert(id) }
                }
            } while !live.isSubset(of: handed)
        }
    }

    @Test func `tasks are listed newest first, page by page`() async throws {
        let limits = JobLimits(keptPerOwner: 60, livePerOwner: 60, kept: 60)
        let fixture = try TaskFixture(limits)
        fixture.gate.open()
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125)
            var ids: [String] = []
            for _ in 0..<60 {
                fixture.clock.set(fixture.clock.now + 1)
                ids.append(try await start(client, "slow"))
            }
            let over = try #require(try await client.request("tools/call", TaskFixture.core("slow")))
            #expect(over.errorCode == -32603)
            let first = try #require(try await client.request("tasks/list")?.result)
            let second = try await client.request("tasks/list", ["cursor": first["nextCursor"] ?? .null])
            let listed = (first["tasks"]?.arrayValue ?? []) + (second?.result?["tasks"]?.arrayValue ?? [])
            #expect(listed.map { $0["taskId"]?.stringValue } == ids.reversed())
            #expect(first["tasks"]?.arrayValue?.count == 50 && second?.result?["nextCursor"] == nil)
            for cursor in ["", "x", "\(ids[0])A"] {
                let answer = try await client.request("tasks/list", ["cursor": .string(cursor)])
                #expect(answer?.errorCode == -32602)
            }
        }
    }

    @Test func `a tool says which way it can be called, and only that way works`() async throws {
        let fixture = try TaskFixture()
        fixture.gate.open()
        try await fixture.fixture.channel { client in
            let hello = try await client.initialize(.v20251125)
            #expect(
                hello?.result?["capabilities"]?["tasks"]
                    == ["list": [:], "cancel": [:], "requests": ["tools": ["call": [:]]]]
            )
            let tools = try await client.request("tools/list")?.result?["tools"]?.arrayValue ?? []
            var support: [String: String] = [:]
            for tool in tools {
                support[tool["name"]?.stringValue ?? ""] = tool["execution"]?["taskSupport"]?.stringValue
            }
            #expect(support["slow"] == "optional" && support["only"] == "required")
            #expect(support["system_run_command"] == "optional")
            #expect((support["plain"] ?? "forbidden") == "forbidden")
            #expect(try await client.request("tools/call", TaskFixture.core("plain"))?.errorCode == -32601)
            #expect(try await client.request("tools/call", ["name": "only"])?.errorCode == -32601)
            #expect(try await client.request("tools/call", ["name": "slow"])?.text == "done")
            // The extension of the other era means nothing here.
            #expect(try await client.request("tasks/update", ["taskId": "x"])?.errorCode == -32601)
        }
    }

    @Test(arguments: [ProtocolRevision.v20241105, .v20250326, .v20250618])
    func `before 2025-11-25 there are no tasks`(revision: ProtocolRevision) async throws {
        let fixture = try TaskFixture()
        fixture.gate.open()
        try await fixture.fixture.channel { client in
            let hello = try await client.initialize(revision, TaskFixture.tasks)
            #expect(hello?.result?["capabilities"]?["tasks"] == nil)
            for (tool, text) in [("slow", "done"), ("plain", "plain")] {
                let answer = try await client.request("tools/call", TaskFixture.core(tool))
                #expect(answer?.text == text && answer?.taskID == nil)
            }
            let wrong = try await client.request("tools/call", ["name": "slow", "task": 7])
            #expect(wrong?.text == "done")
            for method in ["get", "result", "list", "cancel", "update"] {
                let answer = try await client.request("tasks/\(method)", ["taskId": "x"])
                #expect(answer?.errorCode == -32601)
            }
            let tools = try await client.request("tools/list")
            #expect(tools?.encodedString().contains("taskSupport") == false)
        }
    }

    @Test func `an owner follows a task from either era, each in its own words`() async throws {
        let fixture = try TaskFixture()
        let ann = Subject(id: "ann", isAuthenticated: true)
        let modern = fixture.fixture.stateless(TaskFixture.tasks, subject: ann)
        let wrong = try #require(await modern.call("wrong").taskID)
        let slow = try #require(await modern.call("slow").taskID)
        try await fixture.fixture.channel(subject: ann) { client in
            try await client.initialize(.v20251125)
            let result = try await ask(client, "tasks/result", wrong)
            #expect(result.isToolError && TaskFixture.related(result) == wrong)
            #expect(try await ask(client, "tasks/get", wrong).result?["status"] == "failed")
            let core = try await start(client, "only")
            _ = try await ask(client, "tasks/result", core)
            let read = await modern.request("tasks/get", ["taskId": .string(core)])
            #expect(read.result?["status"] == "completed")
            let listed = try await client.request("tasks/list")
            #expect(listed?.result?["tasks"]?.arrayValue?.count == 3)
        }
        // A subject's task outlives its session.
        #expect(await modern.request("tasks/get", ["taskId": .string(slow)]).result?["status"] == "working")
        let read = await modern.request("tasks/get", ["taskId": .string(wrong)])
        #expect(read.result?["status"] == "completed" && read.result?["result"]?["isError"] == true)
        fixture.gate.open()
    }

    @Test func `the tasks of a conversation end with it, and are nobody else's`() async throws {
        let fixture = try TaskFixture()
        let first = await RoutedSession(fixture.fixture, [:])
        let second = await RoutedSession(fixture.fixture, [:])
        let handle = await first.request(1, "tools/call", TaskFixture.core("slow"))
        let id = JSONValue.string(try #require(handle.taskID))
        #expect(await first.server.isIdle == false)
        #expect(await first.request(2, "tasks/get", ["taskId": id]).result?["status"] == "working")
        #expect(await second.request(2, "tasks/get", ["taskId": id]).errorCode == -32602)
        #expect(await second.request(3, "tasks/list", [:]).result?["tasks"] == [])
        while fixture.gate.waiting == 0 { await Task.yield() }
        let caller = Caller(session: "x", conversation: first.server.conversation)
        let waiting = Task { try await fixture.fixture.end(of: handle.taskID, for: caller) }
        await first.server.cancelAll()
        await #expect(throws: JSONRPCError.self) { try await waiting.value }
        while fixture.gate.waiting > 0 { await Task.yield() }
        let jobs = fixture.fixture.service.parts.jobs
        while jobs.hasLiveJob(of: first.server.conversation) { await Task.yield() }
        // None begins any more.
        let order = JobOrder(
            tool: "slow",
            wallLimit: .seconds(1),
            capabilities: ClientCapabilities(),
            revision: .v20251125
        )
        await #expect(throws: JobError.stopping) { try await jobs.create(order, for: JobOwner(caller)) }
    }

    @Test func `at most four requests wait for one result`() async throws {
        let fixture = try TaskFixture()
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125)
            let id = try await start(client, "slow")
            var waiting: [JSONValue] = []
            for _ in 0..<4 { waiting.append(await client.send("tasks/result", ["taskId": .string(id)])) }
            #expect(try await ask(client, "tasks/result", id).errorCode == -32603)
            fixture.gate.open()
            for request in waiting { #expect(try await client.response(to: request)?.text == "done") }
        }
    }

    @Test func `a token without the scope sees no tasks`() async throws {
        let fixture = try TaskFixture()
        let ann = Subject(id: "ann", isAuthenticated: true)
        let id = try #require(
            await fixture.fixture.stateless(TaskFixture.tasks, subject: ann).call("slow").taskID
        )
        let narrow = Subject(id: "ann", isAuthenticated: true, scopes: [.read, .files])
        try await fixture.fixture.channel(subject: narrow) { client in
            try await client.initialize(.v20251125)
            for method in ["tasks/get", "tasks/result", "tasks/cancel"] {
                #expect(try await ask(client, method, id).errorCode == -32602)
            }
            #expect(try await client.request("tasks/list")?.result?["tasks"] == [])
        }
        let wide = Subject(id: "ann", isAuthenticated: true, scopes: [.exec])
        try await fixture.fixture.channel(subject: wide) { client in
            try await client.initialize(.v20251125)
            #expect(try await ask(client, "tasks/get", id).result?["status"] == "working")
        }
        fixture.gate.open()
    }
}
