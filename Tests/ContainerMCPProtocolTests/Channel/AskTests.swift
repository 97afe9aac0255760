// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct AskTests {
    private static let form = InputRequest.elicitation(
        .form(message: "Sure?", ElicitationForm([ElicitationField("ok", .boolean(), isRequired: true)]))
    )
    private static let url = InputRequest.elicitation(.url(message: "Sign in", url: "https://example.com"))
    private static let sampling = InputRequest.sampling(SamplingRequest(messages: [.user("q")], maxTokens: 9))

    private func answer(_ id: String, _ body: String = #""result":{"action":"cancel"}"#) -> String {
        "{\"jsonrpc\":\"2.0\",\"id\":\(id),\(body)}"
    }

    private func cancellation(of id: String) -> JSONValue {
        ["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": .string(id)]]
    }

    @Test func `a question goes out on the way of its request and its answer comes back once`() throws {
        var channel = ChannelFixture.ready(.v20251125)
        let (token, _) = try channel.start(ChannelFixture.request("tools/call", params: #"{"name":"echo"}"#))
        let (ask, actions) = try channel.ask(Self.form, about: token)
        #expect(
            actions == [
                .send(
                    [
                        "jsonrpc": "2.0", "id": "ask-1", "method": "elicitation/create",
                        "params": [
                            "mode": "form", "message": "Sure?",
                            "requestedSchema": [
                                "type": "object", "properties": ["ok": ["type": "boolean"]],
                                "required": ["ok"],
                            ],
                        ],
                    ],
                    about: token
                )
            ]
        )
        let accepted = answer("\"ask-1\"", #""result":{"action":"accept","content":{"ok":true}}"#)
        #expect(
            channel.receive(accepted) == [
                .answered(ask, .success(["action": "accept", "content": ["ok": true]]))
            ]
        )
        #expect(channel.receive(accepted) == [])
        #expect(channel.state.withdraw(ask) == [])
        #expect(channel.state.finished(token, .result(.empty)).count == 1)
    }

    @Test(arguments: ["1", "\"ask-2\"", "\"ask-01\"", "\"ask-\"", "\"ASK-1\"", "\"ask-+1\"", "\"ask-1 \""])
    func `an answer with another id is dropped and the question stays open`(id: String) throws {
        var channel = ChannelFixture.ready(.v20251125)
        let (ask, _) = try channel.ask(.roots, about: nil)
        #expect(channel.receive(answer(id)) == [])
        #expect(
            channel.receive(answer("\"ask-1\"", #""result":5"#), isBroken: true) == [
                .answered(ask, .success(5))
            ]
        )
    }

    @Test func `an error of the client is a failure whatever it looks like`() throws {
        var channel = ChannelFixture.ready(.v20250618)
        for (body, code, message) in [
            (#"{"code":-1,"message":"no","data":[1]}"#, -1, "no"),
            ("null", -32603, "the client failed without a reason"),
            (#"{"code":"x","message":"m"}"#, -32603, "m"),
        ] {
            let (ask, actions) = try channel.ask(Self.sampling, about: nil)
            let id = try #require(actions.first?.message?["id"])
            let received = channel.receive(answer("\(id)", "\"error\":\(body)"), isBroken: true)
            guard case .answered(ask, .failure(let error))? = received.first else {
                Issue.record("\(received)")
                continue
            }
            #expect(error.code.rawValue == code)
            #expect(error.message == message)
        }
    }

    @Test func `a question before the client is ready waits for it`() throws {
        var channel = ChannelFixture.initialized(.v20251125)
        let (token, _) = try channel.start(ChannelFixture.request("tools/list"))
        let first = try channel.ask(Self.form, about: token)
        let second = try channel.ask(Self.form, about: nil)
        let third = try channel.ask(Self.form, about: nil)
        #expect(first.actions.isEmpty && second.actions.isEmpty)
        #expect(channel.receive(answer("\"ask-1\"")) == [])
        #expect(channel.state.withdraw(second.ask) == [])
        let sent = channel.receive(ChannelFixture.ready)
        #expect(sent.map { $0.message?["id"] } == ["ask-1", "ask-3"])
        guard case .send(_, about: token)? = sent.first, case .send(_, about: nil)? = sent.last else {
            Issue.record("\(sent)")
            return
        }
        #expect(channel.receive(ChannelFixture.ready) == [])
        #expect(channel.receive(answer("\"ask-3\"")).count == 1)
        #expect(channel.receive(answer("\"ask-2\"")) == [])
        #expect(channel.state.withdraw(third.ask) == [])
    }

    @Test func `a question that is withdrawn is cancelled and its answer dropped`() throws {
        var channel = ChannelFixture.ready(.v20251125)
        let (token, _) = try channel.start(ChannelFixture.request("tools/list"))
        let (ask, _) = try channel.ask(Self.form, about: token)
        #expect(channel.state.withdraw(ask) == [.send(cancellation(of: "ask-1"), about: token)])
        #expect(channel.state.withdraw(ask) == [])
        #expect(channel.receive(answer("\"ask-1\"")) == [])
    }

    @Test func `the cancellation of a request withdraws its questions first`() throws {
        var channel = ChannelFixture.ready(.v20251125)
        let (token, _) = try channel.start(ChannelFixture.request("tools/list", id: "5"))
        let (other, _) = try channel.start(ChannelFixture.request("tools/list", id: "6"))
        _ = try channel.ask(Self.form, about: token)
        let (kept, _) = try channel.ask(Self.form, about: other)
        _ = try channel.ask(.roots, about: token)
        #expect(
            channel.receive(ChannelFixture.cancel("5")) == [
                .send(cancellation(of: "ask-1"), about: token),
                .send(cancellation(of: "ask-3"), about: token), .cancel(token),
            ]
        )
        #expect(channel.receive(answer("\"ask-1\"")) == [])
        #expect(channel.state.ask(Self.form, about: token) == nil)
        #expect(channel.state.finished(token, .result(.empty)) == [])
        #expect(
            channel.receive(answer("\"ask-2\"", #""result":{}"#), isBroken: true) == [
                .answered(kept, .success([:]))
            ]
        )
    }

    @Test func `the end of a request withdraws the questions that are left`() throws {
        var channel = ChannelFixture.ready(.v20251125)
        let (token, _) = try channel.start(ChannelFixture.request("tools/list", id: "5"))
        _ = try channel.ask(Self.form, about: token)
        let actions = channel.state.finished(token, .result(.empty))
        #expect(actions.first == .send(cancellation(of: "ask-1"), about: token))
        #expect(actions.last?.message?["id"] == 5)
        #expect(actions.count == 2)
        #expect(channel.receive(answer("\"ask-1\"")) == [])
    }

    @Test(arguments: ProtocolRevision.allCases.filter { $0.era == .legacy })
    func `only what client and revision can deal with is asked`(revision: ProtocolRevision) {
        var channel = ChannelFixture.ready(revision)
        #expect((channel.state.ask(Self.form, about: nil) != nil) == (revision >= .v20250618))
        #expect((channel.state.ask(Self.url, about: nil) != nil) == (revision >= .v20251125))
        #expect(channel.state.ask(Self.sampling, about: nil) != nil)
        #expect(channel.state.ask(.roots, about: nil) != nil)
        var poor = ChannelFixture.initialized(revision, capabilities: "{}")
        _ = poor.receive(ChannelFixture.ready)
        for request in [Self.form, Self.url, Self.sampling, .roots] {
            #expect(poor.state.ask(request, about: nil) == nil)
        }
    }

    @Test func `nobody is asked without a session or about a modern request`() throws {
        var channel = ChannelFixture(server: ChannelFixture.everything)
        #expect(channel.state.ask(.roots, about: nil) == nil)
        channel = ChannelFixture.ready(.v20251125)
        let (modern, _) = try channel.start(ChannelFixture.modern("tools/list"))
        #expect(channel.state.ask(.roots, about: modern) == nil)
        let (legacy, _) = try channel.start(ChannelFixture.request("tools/list", id: "2"))
        _ = channel.state.finished(legacy, .result(.empty))
        #expect(channel.state.ask(.roots, about: legacy) == nil)
    }

    @Test func `open questions are bounded`() throws {
        var channel = ChannelFixture.ready(.v20251125, limits: ChannelLimits(openAsks: 2))
        let (ask, _) = try channel.ask(.roots, about: nil)
        _ = try channel.ask(.roots, about: nil)
        #expect(channel.state.ask(.roots, about: nil) == nil)
        _ = channel.state.withdraw(ask)
        let (_, actions) = try channel.ask(.roots, about: nil)
        #expect(actions.first?.message?["id"] == "ask-3")
        #expect(ChannelLimits().openAsks == 64)
    }

    @Test func `a question by an address has an identifier, a task is named`() throws {
        var channel = ChannelFixture.ready(.v20251125)
        let named = InputRequest.elicitation(.url(message: "m", url: "https://a.b", elicitationID: "e1"))
        let (_, first) = try channel.ask(named, about: nil, relatedTask: "t1")
        #expect(
            first.first?.message?["params"] == [
                "mode": "url", "message": "m", "url": "https://a.b", "elicitationId": "e1",
                "_meta": ["io.modelcontextprotocol/related-task": ["taskId": "t1"]],
            ]
        )
        let (_, second) = try channel.ask(Self.url, about: nil)
        #expect(second.first?.message?["params"]?["elicitationId"] == "ask-2")
        var older = ChannelFixture.ready(.v20250618)
        let (_, plain) = try older.ask(.roots, about: nil, relatedTask: "t1")
        #expect(plain.first?.message?["params"] == [:])
    }

    @Test func `when input ends open questions fail, and no more are asked`() throws {
        var channel = ChannelFixture.ready(.v20251125)
        let (token, _) = try channel.start(ChannelFixture.request("tools/list"))
        let (ask, _) = try channel.ask(Self.form, about: token)
        let actions = channel.state.inputEnded()
        guard case .answered(ask, .failure)? = actions.first, actions.count == 1 else {
            Issue.record("\(actions)")
            return
        }
        #expect(channel.state.ask(Self.form, about: token) == nil)
        #expect(channel.state.finished(token, .result(.empty)).count == 1)
    }

    @Test func `giving up drops open questions in silence`() throws {
        var channel = ChannelFixture.ready(.v20251125)
        let (token, _) = try channel.start(ChannelFixture.request("tools/list"))
        let (ask, _) = try channel.ask(Self.form, about: token)
        #expect(channel.state.cancelAll() == [.cancel(token)])
        #expect(channel.state.withdraw(ask) == [])
    }

    @Test func `a question about a batched request travels on its own, its answer in a batch`() throws {
        var channel = ChannelFixture.ready(.v20250326)
        let actions = channel.receive("[\(ChannelFixture.request("tools/list"))]")
        guard case .start(let token, _)? = actions.first else {
            Issue.record("\(actions)")
            return
        }
        let (ask, sent) = try channel.ask(Self.sampling, about: token)
        #expect(sent.first?.message?.objectValue != nil)
        let note = channel.state.notify(ListKind.tools.changeNotification, about: token)
        #expect(note.first?.message?.objectValue != nil)
        #expect(
            channel.receive("[\(answer("\"ask-1\"", #""result":1"#))]", isBroken: true) == [
                .answered(ask, .success(1))
            ]
        )
        #expect(channel.state.finished(token, .result(.empty)).first?.message?.arrayValue?.count == 1)
    }

    @Test func `a client may use our ids for its own requests`() throws {
        var channel = ChannelFixture.ready(.v20251125)
        let (ask, _) = try channel.ask(.roots, about: nil)
        let (token, _) = try channel.start(ChannelFixture.request("tools/list", id: "\"ask-1\""))
        #expect(channel.receive(ChannelFixture.cancel("\"ask-1\"")) == [.cancel(token)])
        #expect(
            channel.receive(answer("\"ask-1\"", #""result":1"#), isBroken: true) == [
                .answered(ask, .success(1))
            ]
        )
    }
}
