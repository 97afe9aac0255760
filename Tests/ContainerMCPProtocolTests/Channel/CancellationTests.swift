// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct CancellationTests {
    private static let done = RequestOutcome.result(.empty)

    @Test(arguments: [true, false])
    func `a cancelled request is stopped and nothing more is written about it`(isModern: Bool) throws {
        var channel = ChannelFixture.initialized(.v20251125)
        let text =
            isModern
            ? ChannelFixture.modern(
                "tools/call",
                id: "5",
                params: #""name":"echo""#,
                meta: #""progressToken":1,"io.modelcontextprotocol/logLevel":"debug""#
            )
            : ChannelFixture.request(
                "tools/call",
                id: "5",
                params: #"{"name":"echo","_meta":{"progressToken":1}}"#
            )
        let (token, _) = try channel.start(text)
        #expect(channel.state.progress(ProgressUpdate(1), about: token).count == 1)
        #expect(channel.state.log(LogEntry(.error, data: "x"), about: token).count == 1)
        #expect(channel.receive(ChannelFixture.cancel("5")) == [.cancel(token)])
        #expect(channel.state.progress(ProgressUpdate(2), about: token) == [])
        #expect(channel.state.log(LogEntry(.error, data: "x"), about: token) == [])
        #expect(channel.receive(ChannelFixture.cancel("5")) == [])
        #expect(channel.state.finished(token, Self.done) == [])
        #expect(channel.state.isIdle)
    }

    @Test func `a cancellation after the answer is ignored`() throws {
        var channel = ChannelFixture.initialized(.v20251125)
        let (token, _) = try channel.start(ChannelFixture.request("tools/list"))
        #expect(channel.state.finished(token, Self.done).count == 1)
        #expect(channel.receive(ChannelFixture.cancel("1")) == [])
    }

    @Test func `a cancellation names its request by type`() throws {
        var channel = ChannelFixture.initialized(.v20251125)
        let (token, _) = try channel.start(ChannelFixture.request("tools/list", id: "1"))
        #expect(channel.receive(ChannelFixture.cancel("\"1\"")) == [])
        #expect(channel.receive(ChannelFixture.cancel("1")) == [.cancel(token)])
    }

    @Test func `a cancelled request keeps its place until it has really ended`() throws {
        var channel = ChannelFixture.initialized(.v20251125, limits: ChannelLimits(requestsInFlight: 1))
        let (token, _) = try channel.start(ChannelFixture.request("tools/list", id: "1"))
        _ = channel.receive(ChannelFixture.cancel("1"))
        #expect(try channel.errorCode(of: ChannelFixture.request("tools/list", id: "2")) == -32603)
        _ = channel.state.finished(token, Self.done)
        _ = try channel.start(ChannelFixture.request("tools/list", id: "2"))
    }

    @Test func `the end of a cancelled request does not touch a later one with the same id`() throws {
        var channel = ChannelFixture.initialized(.v20251125)
        let first = try channel.start(ChannelFixture.request("tools/list"))
        _ = channel.receive(ChannelFixture.cancel("1"))
        let second = try channel.start(ChannelFixture.request("tools/list"))
        #expect(channel.state.finished(first.token, Self.done) == [])
        #expect(try channel.errorCode(of: ChannelFixture.request("tools/list")) == -32600)
        #expect(channel.state.finished(second.token, Self.done).count == 1)
    }

    @Test func `progress goes out only when asked for, and only while it grows`() throws {
        var channel = ChannelFixture.initialized(.v20250326)
        let silent = try channel.start(ChannelFixture.request("tools/list", id: "1"))
        #expect(channel.state.progress(ProgressUpdate(1), about: silent.token) == [])
        let (token, _) = try channel.start(
            ChannelFixture.request("tools/list", id: "2", params: #"{"_meta":{"progressToken":"t"}}"#)
        )
        #expect(
            channel.state.progress(ProgressUpdate(1, of: 4, message: "m"), about: token) == [
                .send(
                    [
                        "jsonrpc": "2.0", "method": "notifications/progress",
                        "params": ["progressToken": "t", "progress": 1, "total": 4, "message": "m"],
                    ],
                    about: token
                )
            ]
        )
        for value in [1, 0.5, .nan, -.infinity, .infinity] {
            #expect(channel.state.progress(ProgressUpdate(value), about: token) == [])
        }
        let next = channel.state.progress(ProgressUpdate(1.5, of: .nan), about: token).first?.message
        #expect(next?["params"] == ["progressToken": "t", "progress": 1.5])
        _ = channel.state.finished(token, Self.done)
        #expect(channel.state.progress(ProgressUpdate(3), about: token) == [])
    }

    @Test func `log messages of a modern request follow its own level`() throws {
        var channel = ChannelFixture.initialized(.v20251125)
        let quiet = try channel.start(ChannelFixture.modern("tools/list", id: "1"))
        let loud = try channel.start(
            ChannelFixture.modern(
                "tools/list",
                id: "2",
                meta: #""io.modelcontextprotocol/logLevel":"warning""#
            )
        )
        #expect(channel.state.log(LogEntry(.emergency, data: 1), about: quiet.token) == [])
        #expect(channel.state.log(LogEntry(.notice, data: 1), about: loud.token) == [])
        #expect(
            channel.state.log(LogEntry(.warning, logger: "l", data: ["a": 1]), about: loud.token) == [
                .send(
                    [
                        "jsonrpc": "2.0", "method": "notifications/message",
                        "params": ["level": "warning", "logger": "l", "data": ["a": 1]],
                    ],
                    about: loud.token
                )
            ]
        )
    }

    @Test func `without the logging capability or a session no log message goes out`() throws {
        var channel = ChannelFixture()
        #expect(channel.state.log(LogEntry(.emergency, data: 1)) == [])
        channel.state.server.capabilities.hasLogging = false
        _ = channel.receive(ChannelFixture.initialize("2025-06-18"))
        #expect(channel.state.log(LogEntry(.emergency, data: 1)) == [])
        #expect(
            try channel.errorCode(
                of: ChannelFixture.request("logging/setLevel", params: #"{"level":"info"}"#)
            ) == -32601
        )
    }
}
