// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPTesting
import Testing

@testable import ContainerMCPCore

@Suite(.timeLimit(.minutes(1))) struct SessionNewsTests {
    private static func plain(_ name: String) -> ScriptedTool {
        ScriptedTool(ToolName(rawValue: name)) { _, _ async throws(ToolError) in .text(name) }
    }

    @Test(arguments: ProtocolRevision.allCases.filter { $0 != .v20260728 })
    func `a session that is ready hears of every list that changes`(revision: ProtocolRevision) async throws {
        let provider = FakeProvider(["test://a": "A"])
        let fixture = try ServiceFixture([], prompts: [FakePrompt()], providers: [provider])
        try await fixture.channel { client in
            let hello = try await client.initialize(revision, isReady: false)
            for capability in ["tools", "prompts", "resources"] {
                #expect(hello?.result?["capabilities"]?[capability]?["listChanged"] == true)
            }
            // Not before it is ready.
            try fixture.catalogue.add(Self.plain("early"))
            #expect(try await client.request("ping")?.result == [:])
            await client.notify("notifications/initialized")
            #expect(try await client.request("ping")?.result == [:])
            #expect(await client.quiet() == [])
            try fixture.catalogue.add(Self.plain("late"))
            let tools = try #require(try await client.next("notifications/tools/list_changed"))
            #expect(tools.params?["_meta"] == nil)
            fixture.catalogue.add(FakePrompt(name: "more"))
            _ = try #require(try await client.next("notifications/prompts/list_changed"))
            fixture.catalogue.changes.publish(.resources)
            _ = try #require(try await client.next("notifications/resources/list_changed"))
            let list = try await client.request("tools/list")?.result?["tools"]?.arrayValue ?? []
            #expect(list.contains { $0["name"] == "late" })
            #expect(try await client.request("tools/call", ["name": "late"])?.text == "late")
            #expect(await client.quiet() == [])
            await provider.settled(lists: 1, watchers: 0)
        }
        await provider.settled(lists: 0, watchers: 0)
    }

    @Test func `a change right after the client is ready is not missed`() async throws {
        for _ in 0..<20 {
            let fixture = try ServiceFixture([])
            try await fixture.channel { client in
                try await client.initialize(.v20251125)
                #expect(try await client.request("tools/list")?.result != nil)
                try fixture.catalogue.add(Self.plain("added"))
                #expect(try await client.next("notifications/tools/list_changed") != nil)
            }
        }
    }

    @Test func `a modern client on a channel hears of nothing that it did not subscribe to`() async throws {
        let fixture = try ServiceFixture([])
        try await fixture.channel { client in
            let meta: JSONObject = ["_meta": InMemoryClient.meta()]
            #expect(try await client.request("tools/list", meta)?.result != nil)
            try fixture.catalogue.add(Self.plain("added"))
            #expect(try await client.request("tools/list", meta)?.result != nil)
            #expect(await client.quiet() == [])
        }
    }

    @Test func `updates of a resource go to the sessions that subscribed, until they unsubscribe`()
        async throws
    {
        let provider = FakeProvider(["test://a": "A", "test://b": "B"])
        let fixture = try ServiceFixture([], providers: [provider])
        let first = await RoutedSession(fixture, [:])
        let second = await RoutedSession(fixture, [:])
        for number in 0..<2 {
            let answer = await first.request(Int64(number), "resources/subscribe", ["uri": "test://a"])
            #expect(answer.result == [:])
        }
        #expect(await second.request(1, "resources/subscribe", ["uri": "test://b"]).result == [:])
        let unknown = await second.request(2, "resources/subscribe", ["uri": "test://none"])
        #expect(unknown.errorCode == -32002 && unknown["error"]?["data"]?["uri"] == "test://none")
        // However often it subscribes, it watches once.
        #expect(provider.watchers == ["test://a": 1, "test://b": 1])
        fixture.catalogue.changes.publish(.resource(uri: "test://a"))
        let update = await first.unrelated.first("notifications/resources/updated")
        #expect(update.params == ["uri": "test://a"])
        fixture.catalogue.changes.publish(.resource(uri: "test://b"))
        _ = await second.unrelated.first("notifications/resources/updated")
        #expect(first.unrelated.messages.count == 1 && second.unrelated.messages.count == 1)
        for number in 3..<5 {
            let answer = await first.request(Int64(number), "resources/unsubscribe", ["uri": "test://a"])
            #expect(answer.result == [:])
        }
        #expect(await first.request(9, "resources/unsubscribe", ["uri": "test://never"]).result == [:])
        #expect(provider.watchers == ["test://b": 1])
        fixture.catalogue.changes.publish(.resource(uri: "test://a"))
        fixture.catalogue.changes.publish(.resource(uri: "test://b"))
        await second.unrelated.reached(2)
        #expect(first.unrelated.messages.count == 1)
        await second.server.cancelAll()
        #expect(provider.watchers == [:])
    }

    @Test func `a session watches 256 resources at most`() async throws {
        let uris = (0...256).map { "test://\($0)" }
        let provider = FakeProvider(Dictionary(uniqueKeysWithValues: uris.map { ($0, "x") }))
        let fixture = try ServiceFixture([], providers: [provider])
        let session = await RoutedSession(fixture, [:])
        for (number, uri) in uris.enumerated() {
            let answer = await session.request(Int64(number), "resources/subscribe", ["uri": .string(uri)])
            #expect(answer.errorCode == (number < 256 ? nil : -32603))
        }
        await session.server.cancelAll()
        #expect(provider.watchers == [:])
    }

    @Test func `many updates at once are told without loss of the last one`() async throws {
        let uris = (0..<250).map { "test://\($0)" }
        let provider = FakeProvider(Dictionary(uniqueKeysWithValues: uris.map { ($0, "x") }))
        let fixture = try ServiceFixture([], providers: [provider])
        let session = await RoutedSession(fixture, [:])
        for (number, uri) in uris.enumerated() {
            _ = await session.request(Int64(number), "resources/subscribe", ["uri": .string(uri)])
        }
        for uri in uris { fixture.catalogue.changes.publish(.resource(uri: uri)) }
        // More than are told in a second.
        await session.unrelated.reached(uris.count)
        let told = Set(session.unrelated.messages.compactMap { $0.params?["uri"]?.stringValue })
        #expect(told == Set(uris))
    }

    @Test func `a client is not kept waiting for a host that is not there yet`() async throws {
        let fixture = try ServiceFixture([Self.plain("plain")])
        let promise = HostPromise()
        let service = MCPService(
            promise,
            offer: Catalogue.Names(tools: ["plain"]),
            name: "test",
            version: "1",
            instructions: nil,
            options: ServiceOptions()
        )
        let client = InMemoryClient(InMemoryTransport())
        async let served: Void = client.transport.run(service)
        try await client.initialize(.v20251125)
        #expect(try await client.request("ping")?.result == [:])
        let call = await client.send("tools/call", ["name": "plain"])
        let lost = await client.send("tools/call", ["name": "plain"])
        await client.cancel(lost)
        #expect(try await client.request("ping")?.result == [:])
        promise.fulfil(fixture.host.host)
        #expect(try await client.response(to: call)?.text == "plain")
        try fixture.catalogue.add(Self.plain("added"))
        #expect(try await client.next("notifications/tools/list_changed") != nil)
        #expect(await client.quiet() == [])
        client.transport.endInput()
        await served
    }

    @Test func `a channel ends although its host never came`() async throws {
        let promise = HostPromise()
        let service = MCPService(
            promise,
            offer: Catalogue.Names(tools: ["plain"]),
            name: "test",
            version: "1",
            instructions: nil,
            options: ServiceOptions()
        )
        let client = InMemoryClient(InMemoryTransport())
        async let served: Void = client.transport.run(service)
        try await client.initialize(.v20251125)
        _ = await client.send("tools/call", ["name": "plain"])
        #expect(try await client.request("ping")?.result == [:])
        client.transport.endInput()
        await served
        // Where it does not start at all, that is said.
        promise.fulfil(nil)
        let answer = await StatelessClient(service: service, caller: Caller(session: "x")).call("plain")
        #expect(answer.errorCode == -32603)
    }
}
