// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct BatchTests {
    private static let ping = ChannelFixture.request("ping", id: "\"p\"")
    private static let pong: JSONValue = ["jsonrpc": "2.0", "id": "p", "result": [:]]
    private static let note = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#

    @Test(arguments: [nil, ProtocolRevision.v20241105, .v20250618, .v20251125] as [ProtocolRevision?])
    func `an array is refused where the revision has no batches`(revision: ProtocolRevision?) throws {
        var channel = revision.map { ChannelFixture.initialized($0) } ?? ChannelFixture()
        #expect(try channel.errorCode(of: "[\(Self.ping)]") == -32600)
        #expect(try channel.errorCode(of: "[]") == -32600)
        #expect(try channel.errorCode(of: "[\(ChannelFixture.modern("tools/list"))]") == -32600)
        #expect(channel.state.isIdle)
    }

    @Test func `responses are gathered into one array when the last has ended`() throws {
        var channel = ChannelFixture.initialized(.v20250326)
        let list = { ChannelFixture.request("tools/list", id: $0) }
        let actions = channel.receive("[\(list("1")),\(Self.ping),\(Self.note),\(list("2")),5]")
        guard actions.count == 2, case .start(let first, _) = actions[0],
            case .start(let second, _) = actions[1]
        else {
            Issue.record("\(actions)")
            return
        }
        #expect(channel.state.session?.isReady == true)
        #expect(channel.state.finished(second, .result(.empty)) == [])
        let final = channel.state.finished(first, .failure(JSONRPCError(.internalError, "x")))
        let responses = try #require(final.first?.message?.arrayValue)
        #expect(final.count == 1)
        #expect(responses.count == 4)
        #expect(responses[0] == Self.pong)
        #expect(responses[1]["error"]?["code"] == -32600)
        #expect(responses[1]["id"] == .some(.null))
        #expect(responses[2] == ["jsonrpc": "2.0", "id": 2, "result": [:]])
        #expect(responses[3]["id"] == 1)
        #expect(channel.state.isIdle)
    }

    @Test func `a batch that needs no work is answered at once`() throws {
        var channel = ChannelFixture.initialized(.v20250326)
        #expect(try channel.answer(to: "[\(Self.ping)]") == [Self.pong])
        #expect(channel.receive("[\(Self.note),\(Self.note)]") == [])
        #expect(try channel.errorCode(of: "[]") == -32600)
    }

    @Test func `initialize, modern requests and ids in flight are refused inside a batch`() throws {
        var channel = ChannelFixture.initialized(.v20250326)
        let entries = [
            ChannelFixture.initialize("2025-03-26", id: "1"), ChannelFixture.modern("tools/list", id: "2"),
            ChannelFixture.request("tools/list", id: "3"), ChannelFixture.request("tools/list", id: "3"),
        ]
        let actions = channel.receive("[\(entries.joined(separator: ","))]")
        guard case .start(let token, _)? = actions.first, actions.count == 1 else {
            Issue.record("\(actions)")
            return
        }
        let responses = try #require(
            channel.state.finished(token, .result(.empty)).first?.message?.arrayValue
        )
        #expect(responses.map { $0["id"]?.intValue } == [1, 2, 3, 3])
        #expect(responses.map { $0["error"]?["code"]?.intValue } == [-32600, -32600, -32600, nil])
    }

    @Test func `a cancelled entry leaves the array without it`() throws {
        var channel = ChannelFixture.initialized(.v20250326)
        let list = { ChannelFixture.request("tools/list", id: $0) }
        let actions = channel.receive("[\(list("1")),\(ChannelFixture.cancel("1")),\(list("2"))]")
        guard
            actions.count == 3,
            case .start(let first, _) = actions[0],
            case .start(let second, _) = actions[2]
        else {
            Issue.record("\(actions)")
            return
        }
        #expect(actions[1] == .cancel(first))
        #expect(channel.state.finished(first, .result(.empty)) == [])
        #expect(channel.receive(ChannelFixture.cancel("2")) == [.cancel(second)])
        #expect(channel.state.finished(second, .result(.empty)) == [])
        #expect(channel.state.isIdle)
    }

    @Test func `the cancellation of the last entry sends what has been gathered`() throws {
        var channel = ChannelFixture.initialized(.v20250326)
        let actions = channel.receive("[\(Self.ping),\(ChannelFixture.request("tools/list"))]")
        guard case .start(let token, _)? = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(
            channel.receive(ChannelFixture.cancel("1")) == [.cancel(token), .send([Self.pong], about: nil)]
        )
    }

    @Test func `a batch of too many messages is refused whole`() throws {
        var channel = ChannelFixture.initialized(.v20250326)
        let ones = Array(repeating: "1", count: 100_000).joined(separator: ",")
        #expect(try channel.errorCode(of: "[\(ones)]") == -32600)
    }
}
