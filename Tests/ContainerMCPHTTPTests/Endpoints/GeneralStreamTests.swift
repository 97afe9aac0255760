// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import Testing

@Suite struct GeneralStreamTests {
    private static let changed = "notifications/tools/list_changed"

    @Test func `what belongs to no request goes to the stream of the session, and to one only`() async throws
    {
        try await RunningServer.scripted { server, gates, _ in
            let client = try await SessionClient.open(server)
            let stream = try await client.listen()
            let caller = try await client.call("log:a wait:end", id: 2)
            #expect(try await caller.rawEvent()?.data == "")
            #expect(try await caller.rawEvent()?.json["method"] == "notifications/message")
            server.changes.publish(.tools)
            let event = try #require(try await stream.rawEvent())
            #expect(event.json["method"]?.stringValue == Self.changed)
            #expect(event.id?.hasPrefix("g.") == true)
            gates.open("end")
            #expect(try await caller.rawEvents().map { $0.json["id"] } == [2])
        }
    }

    @Test func `a second stream is refused, a stream that is gone on with takes over`() async throws {
        try await RunningServer.scripted { server, _, _ in
            let client = try await SessionClient.open(server)
            let first = try await client.listen()
            #expect(try await client.listenStatus([]) == 409)
            server.changes.publish(.tools)
            let id = try #require(try await first.rawEvent()?.id)
            let second = try await client.listen(after: id)
            #expect(try await first.rawEvent() == nil)
            #expect(try await client.listenStatus([]) == 409)
            server.changes.publish(.tools)
            #expect(try await second.rawEvent()?.json["method"]?.stringValue == Self.changed)
        }
    }

    @Test func `what is said while nobody listens is delivered to whoever does next`() async throws {
        try await RunningServer.scripted { server, _, _ in
            let client = try await SessionClient.open(server)
            server.changes.publish(.tools)
            let first = try await client.listen()
            let event = try #require(try await first.rawEvent())
            #expect(event.json["method"]?.stringValue == Self.changed)
            first.close()
            server.changes.publish(.tools)
            let again = try await client.listen(after: event.id)
            let next = try #require(try await again.rawEvent())
            #expect(next.json["method"]?.stringValue == Self.changed)
            #expect(next.id != event.id)
        }
    }

    @Test func `a stream can be opened anew once it is known to be gone`() async throws {
        try await RunningServer.scripted { server, _, _ in
            let client = try await SessionClient.open(server)
            try await client.listen().close()
            try await Wait.until {
                let next = try await server.connect()
                try await next.send(RunningServer.text("GET", "/mcp", client.fields))
                guard try await next.head().status == 200 else { return false }
                server.changes.publish(.tools)
                return try await next.rawEvent()?.json["method"]?.stringValue == Self.changed
            }
        }
    }

    @Test func `a stream that resumes a call leaves the place of the other free`() async throws {
        try await RunningServer.scripted { server, gates, _ in
            let client = try await SessionClient.open(server)
            let caller = try await client.call("wait:end", id: 2)
            let place = try #require(try await caller.rawEvent()?.id)
            let general = try await client.listen()
            let again = try await client.listen(after: place)
            server.changes.publish(.tools)
            #expect(try await general.rawEvent()?.json["method"]?.stringValue == Self.changed)
            gates.open("end")
            #expect(try await again.rawEvents().map { $0.json["id"] } == [2])
        }
    }

    @Test func `a client that does not take events is refused`() async throws {
        try await RunningServer.scripted { server, _, _ in
            let client = try await SessionClient.open(server)
            let fields = client.fields + ["Accept: application/json"]
            #expect(try await server.request("GET", "/mcp", fields).status == 406)
        }
    }
}
