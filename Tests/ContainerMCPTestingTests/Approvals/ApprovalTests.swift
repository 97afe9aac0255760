// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPSandbox
import ContainerMCPTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct ApprovalTests {
    private static let form: JSONObject = ["elicitation": [:]]

    /// Opens a thing and answers the question that comes.
    private func open(_ thing: String, _ client: InMemoryClient, _ answer: JSONObject) async throws
        -> JSONValue
    {
        let id = await client.send("tools/call", ApprovalFixture.open(thing))
        let question = try #require(try await client.next("elicitation/create"))
        #expect(question.params?["message"]?.stringValue?.contains(thing) == true)
        await WireRecording.$isBrokenOnPurpose.withValue(answer["action"] == nil) {
            await client.answer(question, with: answer)
        }
        return try #require(try await client.response(to: id))
    }

    @Test func `what the policy grants or denies is not asked`() async throws {
        let fixture = try await ApprovalFixture()
        defer { fixture.audit.remove() }
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125, Self.form)
            #expect(
                try await client.request("tools/call", ApprovalFixture.open("free"))?.text == "opened free"
            )
            #expect(try await client.request("tools/call", ApprovalFixture.open("no"))?.isToolError == true)
            #expect(await client.quiet() == [])
        }
        #expect(try fixture.decisions() == ["allow - success", "deny - denied"])
    }

    @Test(arguments: [ProtocolRevision.v20250618, .v20251125])
    func `an approval for once is for one call, and is written down`(revision: ProtocolRevision) async throws
    {
        let fixture = try await ApprovalFixture()
        defer { fixture.audit.remove() }
        try await fixture.fixture.channel { client in
            try await client.initialize(revision, Self.form)
            for _ in 0..<2 {
                let answer = try await open("ask1", client, .decided("once"))
                #expect(answer.text == "opened ask1")
            }
        }
        #expect(fixture.record.opened == ["ask1", "ask1"])
        let round = ["ask pending input_required", "ask once success"]
        #expect(try fixture.decisions() == round + round)
        let line = try #require(try fixture.audit.lines().last)
        #expect(line["rule"] == "ask-first" && line["tool"] == "guarded")
    }

    @Test func `an approval for good holds in its conversation, for that thing, and nowhere else`()
        async throws
    {
        let fixture = try await ApprovalFixture()
        defer { fixture.audit.remove() }
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125, Self.form)
            #expect(try await open("ask1", client, .decided("always")).text == "opened ask1")
            #expect(
                try await client.request("tools/call", ApprovalFixture.open("ask1"))?.text == "opened ask1"
            )
            #expect(try await open("ask2", client, .decided("no")).isToolError)
            #expect(await client.quiet() == [])
        }
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125, Self.form)
            #expect(try await open("ask1", client, .decided("no")).isToolError)
        }
        #expect(fixture.record.opened == ["ask1", "ask1"])
        #expect(
            try fixture.decisions() == [
                "ask pending input_required", "ask always success", "ask standing success",
                "ask pending input_required", "ask refused denied", "ask pending input_required",
                "ask refused denied",
            ]
        )
    }

    static let refusals: [(JSONObject, String)] = [
        (.decided("no"), "refused"), (["action": "decline"], "declined"), (["action": "cancel"], "dismissed"),
    ]

    @Test(arguments: refusals.indices) func `a no is a no, and is written down`(index: Int) async throws {
        let (answer, word) = Self.refusals[index]
        let fixture = try await ApprovalFixture()
        defer { fixture.audit.remove() }
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125, Self.form)
            let result = try await open("ask1", client, answer)
            #expect(result.isToolError && result.text?.contains("did not agree") == true)
        }
        #expect(fixture.record.opened == [])
        #expect(try fixture.decisions() == ["ask pending input_required", "ask \(word) denied"])
    }

    @Test func `an answer that is none of the choices opens nothing`() async throws {
        let fixture = try await ApprovalFixture()
        defer { fixture.audit.remove() }
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125, Self.form)
            let answers: [JSONObject] = [
                .decided("Once"), .decided(""), ["action": "accept", "content": ["decision": true]],
                ["action": "accept", "content": [:]], ["action": "accept"], [:],
            ]
            for answer in answers { #expect(try await open("ask1", client, answer).isToolError) }
        }
        #expect(fixture.record.opened == [])
    }

    @Test func `a client that answers with an error, or not at all, is written down`() async throws {
        let fixture = try await ApprovalFixture()
        defer { fixture.audit.remove() }
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125, Self.form)
            let id = await client.send("tools/call", ApprovalFixture.open("ask1"))
            let question = try #require(try await client.next("elicitation/create"))
            await client.refuse(question, code: -32601, message: "what?")
            #expect(try await client.response(to: id)?.isToolError == true)
        }
        try await fixture.fixture.channel(answerTime: .milliseconds(1)) { client in
            try await client.initialize(.v20251125, Self.form)
            #expect(try await client.request("tools/call", ApprovalFixture.open("ask1"))?.isToolError == true)
        }
        #expect(fixture.record.opened == [])
        #expect(
            try fixture.decisions() == [
                "ask pending input_required", "ask client_error denied", "ask pending input_required",
                "ask no_answer denied",
            ]
        )
    }

    @Test(arguments: [ProtocolRevision.v20241105, .v20250326, .v20251125])
    func `a client that can't be asked is told so, and nothing is opened`(revision: ProtocolRevision)
        async throws
    {
        let fixture = try await ApprovalFixture()
        defer { fixture.audit.remove() }
        try await fixture.fixture.channel { client in
            try await client.initialize(revision)
            let answer = try #require(try await client.request("tools/call", ApprovalFixture.open("ask1")))
            #expect(answer.isToolError && answer.text?.contains("can't be asked") == true)
        }
        let stateless = await fixture.fixture.stateless().open("ask1")
        #expect(stateless.isToolError && stateless.text?.contains("can't be asked") == true)
        #expect(fixture.record.opened == [])
        #expect(try fixture.decisions() == ["ask cannot_ask denied", "ask cannot_ask denied"])
    }

    @Test func `a command is asked about by the program it names`() async throws {
        let fixture = try await ApprovalFixture()
        defer { fixture.audit.remove() }
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125, Self.form)
            func run(_ command: String) -> JSONObject {
                ["name": "system_run_command", "arguments": ["command": .string(command)]]
            }
            #expect(try await client.request("tools/call", run("ls"))?.isToolError == false)
            let id = await client.send("tools/call", run("ls; rm x"))
            let question = try #require(try await client.next("elicitation/create"))
            #expect(question.params?["message"]?.stringValue?.contains("'rm'") == true)
            #expect(fixture.fixture.host.runner.runs.count == 1)
            await client.answer(question, with: .decided("once"))
            #expect(try await client.response(to: id)?.isToolError == false)
        }
        #expect(fixture.fixture.host.runner.runs.map { $0.request.arguments.last } == ["ls", "ls; rm x"])
    }

    @Test(arguments: [TaskSupport.optional(.atOnce), .optional(.onDetach), .required(.after(.zero))])
    func `a task of 2025-11-25 is approved on the way of its call`(support: TaskSupport) async throws {
        let fixture = try await ApprovalFixture(taskSupport: support) { context async throws(ToolError) in
            await context.detach()
        }
        defer { fixture.audit.remove() }
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125, Self.form)
            for (decision, text) in [("no", "did not agree"), ("once", "opened ask1")] {
                var params = ApprovalFixture.open("ask1")
                params["task"] = [:]
                let id = await client.send("tools/call", params)
                let question = try #require(try await client.next("elicitation/create"))
                #expect(TaskFixture.related(question) == nil)
                await client.answer(question, with: .decided(decision))
                let handle = try #require(try await client.response(to: id))
                let task: JSONObject = ["taskId": .string(try #require(handle.taskID))]
                let result = try #require(try await client.request("tasks/result", task))
                #expect(result.text?.contains(text) == true && result.isToolError == (decision == "no"))
            }
        }
        #expect(fixture.record.opened == ["ask1"])
        #expect(try fixture.decisions() == ["ask refused denied", "ask once success"])
    }

    @Test func `a program that embeds the host answers for its user`() async throws {
        let fixture = try await ApprovalFixture()
        defer { fixture.audit.remove() }
        let request = RequestContext(
            revision: .newestLegacy,
            clientCapabilities: ClientCapabilities(Self.form)
        )
        for (word, refusal) in [("once", nil), ("no", ToolError.Code.denied)] {
            let link = RequestLink(tell: { _ in }, ask: { _, _ in .success(.object(.decided(word))) })
            let answer = await fixture.fixture.host.host.callForStatus(
                "guarded",
                ["thing": "ask1"],
                caller: Caller(session: "cli", conversation: ConversationID()),
                request: request,
                link: link
            )
            #expect(answer.refusal == refusal)
        }
        // Without a way to ask there is no permission.
        let mute = await fixture.fixture.host.host.call(
            "guarded",
            ["thing": "ask1"],
            caller: Caller(session: "cli")
        )
        #expect(mute.isError && fixture.record.opened == ["ask1"])
    }

    @Test func `a call that waits for approval takes no place from others`() async throws {
        let fixture = try await ApprovalFixture()
        defer { fixture.audit.remove() }
        try await fixture.fixture.channel { client in
            try await client.initialize(.v20251125, Self.form)
            for _ in 0..<20 {
                _ = await client.send("tools/call", ApprovalFixture.open("ask1"))
                _ = try #require(try await client.next("elicitation/create"))
            }
            #expect(
                try await client.request("tools/call", ApprovalFixture.open("free"))?.text == "opened free"
            )
        }
    }
}
