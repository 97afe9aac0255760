// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPTesting
import Testing

@testable import ContainerMCPCore

@Suite(.timeLimit(.minutes(1))) struct SealedApprovalTests {
    private static let form: JSONObject = ["elicitation": [:]]
    private static let ann = Subject(id: "ann", isAuthenticated: true)

    private func isUsed(_ answer: JSONValue) -> Bool {
        answer.isToolError && answer.text?.contains("used already") == true
    }

    @Test func `a sealed approval is good for one call`() async throws {
        let fixture = try await ApprovalFixture()
        defer { fixture.audit.remove() }
        let client = fixture.fixture.stateless(Self.form)
        let asked = await client.open("ask1")
        #expect(asked.result?["resultType"] == "input_required" && fixture.record.opened == [])
        #expect(await client.open("ask1", "once", asked).text == "opened ask1")
        for _ in 0..<3 { #expect(isUsed(await client.open("ask1", "once", asked))) }
        #expect(fixture.record.opened == ["ask1"])
        // A new question is answered anew.
        let again = await client.open("ask1")
        #expect(await client.open("ask1", "once", again).text == "opened ask1")
        #expect(
            try fixture.decisions() == [
                "ask pending input_required", "ask once success", "ask once denied", "ask once denied",
                "ask once denied", "ask pending input_required", "ask once success",
            ]
        )
    }

    @Test func `of two calls at the same time with one approval one goes on`() async throws {
        let gate = Gate()
        let fixture = try await ApprovalFixture { _ async throws(ToolError) in _ = await gate.pass() }
        defer { fixture.audit.remove() }
        let client = fixture.fixture.stateless(Self.form)
        let asked = await client.open("ask1")
        let calls = (0..<8).map { _ in Task { await client.open("ask1", "once", asked) } }
        // All but the one that waits behind the gate are refused.
        let free = Task {
            var used = 0
            for call in calls where isUsed(await call.value) { used += 1 }
            return used
        }
        while gate.waiting == 0 { await Task.yield() }
        gate.open()
        #expect(await free.value == 7)
        #expect(fixture.record.opened == ["ask1"])
    }

    @Test func `an approval is used up by a call that failed, and by one that was given up`() async throws {
        let gate = Gate()
        let fixture = try await ApprovalFixture { _ async throws(ToolError) in
            guard await gate.pass() else { throw ToolError(.cancelled, "given up") }
            throw ToolError(.internalFailure, "it broke")
        }
        defer { fixture.audit.remove() }
        let client = fixture.fixture.stateless(Self.form)
        let first = await client.open("ask1")
        let call = Task { await client.open("ask1", "once", first) }
        while gate.waiting == 0 { await Task.yield() }
        call.cancel()
        #expect(await call.value.isToolError)
        #expect(isUsed(await client.open("ask1", "once", first)))
        gate.open()
        let second = await client.open("ask1")
        #expect(await client.open("ask1", "once", second).text?.contains("broke") == true)
        #expect(isUsed(await client.open("ask1", "once", second)))
    }

    @Test func `an approval holds through a further question of the same call, and is then used up`()
        async throws
    {
        let fixture = try await ApprovalFixture { context async throws(ToolError) in
            _ = try context.answer("who", to: .name)
        }
        defer { fixture.audit.remove() }
        let client = fixture.fixture.stateless(Self.form)
        let first = await client.open("ask1")
        let second = await client.open("ask1", "once", first)
        #expect(second.asked == ["who"])
        // The round before, once more: two calls are on their way with one approval.
        let other = await client.open("ask1", "once", first)
        #expect(other.asked == ["who"])
        func name(_ asked: JSONValue) async -> JSONValue {
            await client.call(
                "guarded",
                ["thing": "ask1"],
                responses: ["who": .object(.named("Ann"))],
                state: asked.state
            )
        }
        #expect(await name(second).text == "opened ask1")
        #expect(isUsed(await name(second)))
        #expect(isUsed(await name(other)))
        #expect(isUsed(await client.open("ask1", "once", first)))
        #expect(fixture.record.opened == ["ask1"])
    }

    @Test func `nobody can agree to what was not asked`() async throws {
        let fixture = try await ApprovalFixture()
        defer { fixture.audit.remove() }
        let client = fixture.fixture.stateless(Self.form)
        let key = try #require(await client.open("ask1").asked.first)
        let responses: JSONValue = [key: .object(.decided("once"))]
        let early = await client.call("guarded", ["thing": "ask1"], responses: responses)
        #expect(early.asked == [key])
        // The state that came back must not make an answer of what was sent before the question.
        let empty = await client.call("guarded", ["thing": "ask1"], state: early.state)
        #expect(empty.asked == [key])
        let further = await client.call("guarded", ["thing": "ask1"], state: empty.state)
        #expect(further.asked == [key])
        #expect(fixture.record.opened == [])
        #expect(await client.open("ask1", "once", further).text == "opened ask1")
    }

    @Test func `an approval is no good for another thing, another caller or another argument`() async throws {
        let fixture = try await ApprovalFixture()
        defer { fixture.audit.remove() }
        let client = fixture.fixture.stateless(Self.form)
        let asked = await client.open("ask1")
        #expect(await client.open("ask2", "once", asked).errorCode == -32602)
        let stranger = fixture.fixture.stateless(Self.form, subject: Self.ann)
        #expect(await stranger.open("ask1", "once", asked).errorCode == -32602)
        let more = await client.call(
            "guarded",
            ["thing": "ask1", "more": "x"],
            responses: [asked.asked.first ?? "": .object(.decided("once"))],
            state: asked.state
        )
        #expect(more.errorCode == -32602)
        #expect(fixture.record.opened == [])
    }

    @Test func `for good is offered where it has a meaning`() async throws {
        let fixture = try await ApprovalFixture()
        defer { fixture.audit.remove() }
        func choices(_ client: StatelessClient) async -> String {
            await client.open("ask1").result?["inputRequests"]?.encodedString() ?? ""
        }
        #expect(await !choices(fixture.fixture.stateless(Self.form)).contains("always"))
        let subject = await choices(fixture.fixture.stateless(Self.form, subject: Self.ann))
        #expect(subject.contains("always") && subject.contains("30 minutes"))
        let channel = await choices(fixture.fixture.stateless(Self.form, conversation: ConversationID()))
        #expect(channel.contains("always") && channel.contains("conversation"))
        // Where it was not offered it can't be said.
        let client = fixture.fixture.stateless(Self.form)
        let asked = await client.open("ask1")
        #expect(await client.open("ask1", "always", asked).errorCode == -32602)
        #expect(fixture.record.opened == [])
    }

    @Test func `a subject's approval for good holds thirty minutes`() async throws {
        let fixture = try await ApprovalFixture()
        defer { fixture.audit.remove() }
        let client = fixture.fixture.stateless(Self.form, subject: Self.ann)
        let asked = await client.open("ask1")
        #expect(await client.open("ask1", "always", asked).text == "opened ask1")
        // From any request of this subject, and of no other.
        let bob = Subject(id: "bob", isAuthenticated: true)
        #expect(await fixture.fixture.stateless(Self.form, subject: bob).open("ask1").asked.count == 1)
        #expect(await fixture.fixture.stateless(Self.form).open("ask1").asked.count == 1)
        #expect(await client.open("ask2").asked.count == 1)
        fixture.clock.advance(.seconds(1799))
        #expect(await client.open("ask1").text == "opened ask1")
        fixture.clock.advance(.seconds(1))
        #expect(await client.open("ask1").asked.count == 1)
        #expect(fixture.record.opened == ["ask1", "ask1"])
    }

    @Test func `subjects whose names are equal in Unicode only share no approvals`() async throws {
        let fixture = try await ApprovalFixture()
        defer { fixture.audit.remove() }
        let first = Subject(id: "caf\u{E9}", isAuthenticated: true)
        let second = Subject(id: "cafe\u{301}", isAuthenticated: true)
        let client = fixture.fixture.stateless(Self.form, subject: first)
        let asked = await client.open("ask1")
        #expect(await client.open("ask1", "always", asked).text == "opened ask1")
        #expect(await fixture.fixture.stateless(Self.form, subject: second).open("ask1").asked.count == 1)
    }

    @Test func `an approval for good that is shown again in another conversation gives nothing there`()
        async throws
    {
        let fixture = try await ApprovalFixture()
        defer { fixture.audit.remove() }
        let first = fixture.fixture.stateless(Self.form, conversation: ConversationID())
        let second = fixture.fixture.stateless(Self.form, conversation: ConversationID())
        let asked = await first.open("ask1")
        #expect(await first.open("ask1", "always", asked).text == "opened ask1")
        #expect(isUsed(await second.open("ask1", "always", asked)))
        #expect(await second.open("ask1").asked.count == 1)
        #expect(await first.open("ask1").text == "opened ask1")
        #expect(fixture.record.opened == ["ask1", "ask1"])
        #expect(
            try fixture.decisions() == [
                "ask pending input_required", "ask always success", "ask always denied",
                "ask pending input_required", "ask standing success",
            ]
        )
    }

    @Test func `a conversation's approvals end with it`() async throws {
        let fixture = try await ApprovalFixture()
        defer { fixture.audit.remove() }
        let conversation = ConversationID()
        let client = fixture.fixture.stateless(Self.form, conversation: conversation)
        let asked = await client.open("ask1")
        _ = await client.open("ask1", "always", asked)
        #expect(await client.open("ask1").text == "opened ask1")
        fixture.fixture.service.conversationEnded(conversation)
        #expect(await client.open("ask1").asked.count == 1)
    }

    @Test(arguments: ["once", "always"])
    func `a call that becomes a task is approved before, once, and written down as it was said`(
        word: String
    ) async throws {
        let fixture = try await ApprovalFixture(taskSupport: .optional(.atOnce))
        defer { fixture.audit.remove() }
        var capabilities = Self.form
        capabilities["extensions"] = ["io.modelcontextprotocol/tasks": [:]]
        let client = fixture.fixture.stateless(capabilities, subject: Self.ann)
        let asked = await client.open("ask1")
        #expect(asked.result?["resultType"] == "input_required" && asked.taskID == nil)
        let handle = await client.open("ask1", word, asked)
        #expect(handle.result?["resultType"] == "task")
        _ = try await fixture.fixture.end(of: handle.taskID, for: client.caller)
        let ended = await client.request("tasks/get", ["taskId": .string(handle.taskID ?? "")])
        #expect(ended.result?["result"]?["content"]?[0]?["text"] == "opened ask1")
        #expect(try fixture.decisions() == ["ask \(word) success"])
        guard word == "once" else { return }
        _ = await client.open("ask1", word, asked)
        #expect(fixture.record.opened == ["ask1"])
    }
}
