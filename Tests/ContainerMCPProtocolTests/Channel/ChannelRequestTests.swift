// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct ChannelRequestTests {
    private static let done = RequestOutcome.result(.toolCall(ToolResult(content: [.text("hi")])))

    @Test func `a call is started with what the client asked for`() throws {
        var channel = ChannelFixture.initialized(.v20250618)
        let (_, request) = try channel.start(
            ChannelFixture.request(
                "tools/call",
                id: "\"a\"",
                params: #"{"name":"echo","arguments":{"x":1},"_meta":{"progressToken":"p"}}"#
            )
        )
        #expect(request.id == .string("a"))
        guard case .callTool(let call) = request.request else {
            Issue.record("\(request)")
            return
        }
        #expect(call.name == "echo")
        #expect(call.arguments == ["x": 1])
        #expect(request.context.progressToken?.jsonValue == "p")
        #expect(request.context.client?.name == "demo")
        #expect(request.context.logLevel == nil)
    }

    @Test func `a modern call brings its own context`() throws {
        var channel = ChannelFixture()
        let (_, request) = try channel.start(
            ChannelFixture.modern(
                "tools/call",
                params: #""name":"echo""#,
                meta: """
                    "progressToken":7,"io.modelcontextprotocol/logLevel":"warning",\
                    "io.modelcontextprotocol/clientInfo":{"name":"m","version":"2"}
                    """
            )
        )
        #expect(request.context.era == .modern)
        #expect(request.context.progressToken?.jsonValue == 7)
        #expect(request.context.logLevel == .warning)
        #expect(request.context.client?.name == "m")
    }

    @Test(arguments: [
        ("unknown/method", "{}", -32601), ("resources/list", "{}", -32601), ("prompts/get", "{}", -32601),
        ("completion/complete", "{}", -32601), ("subscriptions/listen", "{}", -32601),
        ("tasks/get", "{}", -32601),
        ("resources/subscribe", #"{"uri":"x"}"#, -32601), ("notifications/cancelled", "{}", -32601),
        ("tools/call", "{}", -32602), ("tools/call", #"{"name":5}"#, -32602),
        ("tools/call", #"{"name":"no"}"#, -32602),
        ("tools/call", #"{"name":"Echo"}"#, -32602),
        ("tools/call", #"{"name":"echo","arguments":[]}"#, -32602),
        ("tools/call", #"{"name":"echo","arguments":null}"#, -32602),
        ("tools/call", #"{"name":"echo","_meta":{"progressToken":1.5}}"#, -32602),
        ("tools/call", #"{"name":"echo","_meta":[]}"#, -32602),
        ("tools/list", #"{"cursor":5}"#, -32602), ("tools/list", "[]", -32602),
    ])
    func `a faulty request in a session is refused with its id`(method: String, params: String, code: Int)
        throws
    {
        var channel = ChannelFixture.initialized(.v20251125)
        let answer = try channel.answer(to: ChannelFixture.request(method, id: "9", params: params))
        #expect(answer["error"]?["code"]?.intValue == code)
        #expect(answer["id"] == 9)
        #expect(channel.state.isIdle)
    }

    @Test func `an id in flight can't be used again until its request has ended`() throws {
        var channel = ChannelFixture.initialized(.v20251125)
        let first = try channel.start(ChannelFixture.request("tools/list"))
        #expect(try channel.errorCode(of: ChannelFixture.request("tools/list")) == -32600)
        #expect(try channel.errorCode(of: ChannelFixture.modern("tools/list")) == -32600)
        _ = try channel.start(ChannelFixture.request("tools/list", id: "\"1\""))
        #expect(channel.state.finished(first.token, Self.done).first?.message?["id"] == 1)
        _ = try channel.start(ChannelFixture.request("tools/list"))
    }

    @Test func `requests over the bound are told to wait`() throws {
        var channel = ChannelFixture.initialized(.v20251125, limits: ChannelLimits(requestsInFlight: 2))
        let first = try channel.start(ChannelFixture.request("tools/list", id: "1"))
        _ = try channel.start(ChannelFixture.modern("tools/list", id: "2"))
        let answer = try channel.answer(to: ChannelFixture.request("tools/list", id: "3"))
        #expect(answer["error"]?["code"] == -32603)
        #expect(answer["error"]?["message"]?.stringValue?.hasPrefix("busy") == true)
        #expect(try channel.answer(to: ChannelFixture.request("ping", id: "4"))["result"] == [:])
        _ = channel.state.finished(first.token, Self.done)
        _ = try channel.start(ChannelFixture.request("tools/list", id: "3"))
    }

    @Test func `a failure and an internal error go back as errors`() throws {
        var channel = ChannelFixture.initialized(.v20251125)
        let (token, _) = try channel.start(ChannelFixture.request("tools/list", id: "5"))
        let failure = RequestOutcome.failure(JSONRPCError(.internalError, "it broke", data: ["a": 1]))
        #expect(
            channel.state.finished(token, failure) == [
                .send(
                    [
                        "jsonrpc": "2.0", "id": 5,
                        "error": ["code": -32603, "message": "it broke", "data": ["a": 1]],
                    ],
                    about: token
                )
            ]
        )
        #expect(channel.state.finished(token, failure).isEmpty)
    }

    @Test(
        arguments: [
            (nil, false), (ProtocolRevision.v20241105, true), (.v20250326, true), (.v20250618, true),
            (.v20251125, false),
        ] as [(ProtocolRevision?, Bool)]
    )
    func `an error without a readable id takes the form of the session`(
        revision: ProtocolRevision?,
        isNull: Bool
    ) throws {
        let broken = ["{", "\"x\"", "{\"a\":1,\"a\":2}", #"{"jsonrpc":"2.0","id":null,"method":"ping"}"#]
        let codes = [-32700, -32600, -32600, -32600]
        for (text, code) in zip(broken, codes) {
            var channel = revision.map { ChannelFixture.initialized($0) } ?? ChannelFixture()
            let answer = try channel.answer(to: text)
            #expect(answer["error"]?["code"]?.intValue == code)
            #expect(answer["id"] == (isNull ? .some(.null) : .none))
        }
        let channel = revision.map { ChannelFixture.initialized($0) } ?? ChannelFixture()
        let overlong = try #require(channel.state.receivedOverlongMessage().first?.message)
        #expect(overlong["error"]?["code"] == -32600)
        #expect(overlong["id"] == (isNull ? .some(.null) : .none))
    }

    @Test(arguments: [
        #"{"jsonrpc":"2.0","method":"notifications/unknown"}"#,
        #"{"jsonrpc":"2.0","method":"tools/call","params":[]}"#,
        #"{"jsonrpc":"2.0","method":"notifications/cancelled"}"#, #"{"jsonrpc":"2.0","method":"initialize"}"#,
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1.5}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":99}}"#,
        #"{"jsonrpc":"2.0","id":1,"result":{}}"#,
        #"{"jsonrpc":"2.0","id":"x","error":{"code":1,"message":""}}"#,
        #"{"jsonrpc":"2.0","error":{"code":-32700,"message":""}}"#,
    ])
    func `notifications and stray responses are never answered`(text: String) {
        var channel = ChannelFixture.initialized(.v20251125)
        #expect(channel.receive(text, isBroken: true) == [])
    }

    @Test func `after the end of input nothing is read and what runs may end`() throws {
        var channel = ChannelFixture.initialized(.v20251125)
        let (token, _) = try channel.start(ChannelFixture.request("tools/list"))
        channel.state.inputEnded()
        #expect(channel.receive(ChannelFixture.request("ping", id: "2")) == [])
        #expect(channel.receive("{") == [])
        #expect(!channel.state.isIdle)
        #expect(channel.state.finished(token, Self.done).count == 1)
        #expect(channel.state.isIdle)
    }

    @Test func `giving up cancels what runs and silences it`() throws {
        var channel = ChannelFixture.initialized(.v20251125)
        let first = try channel.start(ChannelFixture.request("tools/list", id: "1"))
        let second = try channel.start(ChannelFixture.request("tools/list", id: "2"))
        #expect(channel.state.cancelAll() == [.cancel(first.token), .cancel(second.token)])
        #expect(channel.state.cancelAll() == [])
        #expect(channel.state.finished(first.token, Self.done) == [])
        #expect(!channel.state.isIdle)
        #expect(channel.state.finished(second.token, Self.done) == [])
        #expect(channel.state.isIdle)
    }
}
