// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

/// The table of section 1.1 as far as it concerns channels without headers.
@Suite struct ClassificationTests {
    @Test func `initialize with a modern claim is an unknown method`() throws {
        var channel = ChannelFixture()
        #expect(try channel.errorCode(of: ChannelFixture.modern("initialize")) == -32601)
        #expect(channel.state.session == nil)
    }

    @Test(arguments: ["2026-07-28", "2099-01-01", "x"])
    func `initialize without a claim never answers a modern version`(version: String) throws {
        var channel = ChannelFixture()
        let answer = try channel.answer(to: ChannelFixture.initialize(version))
        #expect(answer["result"]?["protocolVersion"] == "2025-11-25")
    }

    @Test(arguments: ["tools/list", "tools/call", "unknown/method", "logging/setLevel", "server/discover"])
    func `a request before initialize is told both ways in`(method: String) throws {
        var channel = ChannelFixture()
        let answer = try channel.answer(to: ChannelFixture.request(method, id: "7"))
        #expect(answer["error"]?["code"] == -32602)
        #expect(answer["id"] == 7)
        let message = answer["error"]?["message"]?.stringValue ?? ""
        #expect(message.contains("initialize"))
        #expect(message.contains("_meta"))
    }

    @Test func `discover without a claim is unknown in a session`() throws {
        var channel = ChannelFixture.initialized(.v20251125)
        #expect(try channel.errorCode(of: ChannelFixture.request("server/discover")) == -32601)
    }

    @Test func `an unknown claim is an unsupported version`() throws {
        var channel = ChannelFixture()
        let answer = try channel.answer(to: ChannelFixture.modern("tools/list", version: "2099-01-01"))
        #expect(answer["error"]?["code"] == -32022)
        #expect(answer["error"]?["data"]?["requested"] == "2099-01-01")
        #expect(
            answer["error"]?["data"]?["supported"]
                == ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]
        )
    }

    @Test func `a claim that names a legacy revision is a legacy request`() throws {
        var channel = ChannelFixture()
        #expect(
            try channel.errorCode(of: ChannelFixture.modern("tools/list", version: "2025-06-18")) == -32602
        )
        _ = channel.receive(ChannelFixture.initialize("2025-11-25", id: "\"i\""))
        let (_, request) = try channel.start(ChannelFixture.modern("tools/list", version: "2025-06-18"))
        #expect(request.context.revision == .v20251125)
    }

    @Test func `both eras mix on one channel`() throws {
        var channel = ChannelFixture()
        #expect(try channel.answer(to: ChannelFixture.modern("server/discover"))["result"] != nil)
        #expect(try channel.answer(to: ChannelFixture.initialize("2025-06-18"))["result"] != nil)
        let modern = try channel.start(ChannelFixture.modern("tools/list", id: "2"))
        let legacy = try channel.start(ChannelFixture.request("tools/list", id: "3"))
        #expect(modern.request.context.revision == .v20260728)
        #expect(legacy.request.context.revision == .v20250618)
        let result = RequestOutcome.result(.tools([], caching: CacheHint(milliseconds: 5, scope: .everyone)))
        let modernAnswer = channel.state.finished(modern.token, result).first?.message
        let legacyAnswer = channel.state.finished(legacy.token, result).first?.message
        #expect(modernAnswer?["result"]?["resultType"] == "complete")
        #expect(modernAnswer?["result"]?["ttlMs"] == 5)
        #expect(legacyAnswer?["result"] == ["tools": []])
    }
}
