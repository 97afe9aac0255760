// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct HandshakeTests {
    @Test(arguments: ProtocolRevision.allCases.filter { $0.era == .legacy })
    func `a legacy revision is echoed and the session speaks it`(revision: ProtocolRevision) throws {
        var channel = ChannelFixture()
        let answer = try channel.answer(to: ChannelFixture.initialize(revision.rawValue))
        #expect(
            answer == [
                "jsonrpc": "2.0", "id": 1,
                "result": [
                    "protocolVersion": .string(revision.rawValue),
                    "capabilities": ["tools": ["listChanged": true], "logging": [:]],
                    "serverInfo": ["name": "sandbox", "version": "1.0.0"],
                    "instructions": "Be careful.",
                ],
            ]
        )
        #expect(channel.state.session?.revision == revision)
        #expect(channel.state.session?.client.name == "demo")
        #expect(channel.state.session?.clientCapabilities.hasFormElicitation == true)
    }

    @Test func `a second initialize is refused and changes nothing`() throws {
        var channel = ChannelFixture.initialized(.v20250618)
        #expect(try channel.errorCode(of: ChannelFixture.initialize("2024-11-05")) == -32600)
        #expect(channel.state.session?.revision == .v20250618)
    }

    @Test(arguments: [
        "{}", #"{"protocolVersion":"2025-06-18","capabilities":{}}"#,
        #"{"protocolVersion":5,"capabilities":{},"clientInfo":{}}"#,
        #"{"protocolVersion":"2025-06-18","capabilities":[],"clientInfo":{}}"#,
        #"{"protocolVersion":"2025-06-18","clientInfo":{}}"#,
        #"{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":"x"}"#,
        #"{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":5}}"#,
        #"{"capabilities":{},"clientInfo":{}}"#,
    ])
    func `a faulty initialize opens no session`(params: String) throws {
        var channel = ChannelFixture()
        #expect(try channel.errorCode(of: ChannelFixture.request("initialize", params: params)) == -32602)
        #expect(try channel.errorCode(of: ChannelFixture.request("initialize")) == -32602)
        #expect(channel.state.session == nil)
        #expect(try channel.answer(to: ChannelFixture.initialize("2025-06-18"))["result"] != nil)
    }

    @Test func `ping is answered with an empty result at any time`() throws {
        var channel = ChannelFixture()
        let pong: JSONValue = ["jsonrpc": "2.0", "id": 1, "result": [:]]
        #expect(try channel.answer(to: ChannelFixture.request("ping")) == pong)
        _ = channel.receive(ChannelFixture.initialize("2025-06-18"))
        #expect(try channel.answer(to: ChannelFixture.request("ping")) == pong)
        #expect(try channel.errorCode(of: ChannelFixture.modern("ping")) == -32601)
    }

    @Test func `requests that race the initialized notification are served`() throws {
        var channel = ChannelFixture.initialized(.v20250618)
        #expect(
            try channel.start(ChannelFixture.request("tools/list")).request.request == .listTools(cursor: nil)
        )
    }

    @Test func `list changes wait until the client is ready`() {
        var channel = ChannelFixture()
        #expect(channel.state.toolListChanged() == [])
        _ = channel.receive(ChannelFixture.initialize("2025-06-18"))
        #expect(channel.state.toolListChanged() == [])
        #expect(channel.receive(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#) == [])
        #expect(
            channel.state.toolListChanged() == [
                .send(["jsonrpc": "2.0", "method": "notifications/tools/list_changed"], about: nil)
            ]
        )
    }

    @Test func `an initialized notification before initialize does nothing`() {
        var channel = ChannelFixture()
        #expect(channel.receive(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#) == [])
        #expect(channel.state.session == nil)
    }

    @Test func `the log level is set for the session and bad ones are refused`() throws {
        var channel = ChannelFixture.initialized(.v20251125)
        let entry = { (level: LogLevel) in LogEntry(level, data: "x") }
        #expect(channel.state.log(entry(.debug)).isEmpty)
        #expect(channel.state.log(entry(.info)).count == 1)
        let answer = try channel.answer(
            to: ChannelFixture.request("logging/setLevel", params: #"{"level":"error"}"#)
        )
        #expect(answer["result"] == [:])
        #expect(channel.state.log(entry(.warning)).isEmpty)
        #expect(channel.state.log(entry(.error)).count == 1)
        for params in [#"{"level":"loud"}"#, "{}", #"{"level":3}"#] {
            #expect(
                try channel.errorCode(of: ChannelFixture.request("logging/setLevel", params: params))
                    == -32602
            )
        }
        #expect(
            try channel.errorCode(of: ChannelFixture.modern("logging/setLevel", params: #""level":"info""#))
                == -32601
        )
    }
}
