// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPSandbox
import ContainerMCPTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct ChannelTests {
    /// Serves a client in memory; what is left when it is done was given up.
    private func serve(
        _ fixture: HostFixture,
        limits: ChannelLimits = ChannelLimits(requestsInFlight: 512),
        capacity: Int = 1 << 20,
        grace: Duration = .zero,
        _ client: (InMemoryTransport) async throws -> Void
    ) async throws {
        let transport = InMemoryTransport(capacity: capacity)
        let service = MCPService(host: fixture.host, name: "test", version: "1", instructions: nil)
        async let served: Void = transport.run(service, limits: limits, grace: grace)
        await transport.send([
            "jsonrpc": "2.0", "id": "init", "method": "initialize",
            "params": [
                "protocolVersion": "2025-06-18", "capabilities": [:],
                "clientInfo": ["name": "t", "version": "1"],
            ],
        ])
        let hello = try #require(try await transport.next())
        #expect(hello["id"] == "init" && hello["result"]?["protocolVersion"] == "2025-06-18")
        await transport.send(["jsonrpc": "2.0", "method": "notifications/initialized"])
        do {
            try await client(transport)
        } catch {
            transport.endInput()
            await served
            throw error
        }
        transport.endInput()
        await served
        // A channel that is over has nothing running, and has said all that it will say.
        #expect(fixture.runner.running == 0)
        while try await transport.next() != nil {}
    }

    private func call(_ id: Int, _ command: String = "true") -> JSONValue {
        [
            "jsonrpc": "2.0", "id": .integer(Int64(id)), "method": "tools/call",
            "params": ["name": "system_run_command", "arguments": ["command": .string(command)]],
        ]
    }

    private func cancel(_ id: Int) -> JSONValue {
        [
            "jsonrpc": "2.0", "method": "notifications/cancelled",
            "params": ["requestId": .integer(Int64(id))],
        ]
    }

    private let ping: JSONValue = ["jsonrpc": "2.0", "id": "ping", "method": "ping"]

    @Test func `tools are listed and called`() async throws {
        try await serve(try HostFixture(.success)) { client in
            await client.send(["jsonrpc": "2.0", "id": 1, "method": "tools/list"])
            let list = try #require(try await client.next())
            #expect(list["result"]?["tools"]?.arrayValue?.count == 2)
            await client.send(call(2))
            let answer = try #require(try await client.next())
            #expect(answer["id"] == 2 && answer["result"]?["structuredContent"]?["success"] == true)
        }
    }

    @Test func `two hundred calls on one channel are answered once each`() async throws {
        let fixture = try HostFixture(
            ScriptedRunner(.ends(.success)),
            limits: HostFixture.limits(waiting: 200)
        )
        // A small queue makes the server wait for the client now and then.
        try await serve(fixture, capacity: 4096) { client in
            async let sent: Void = { for id in 0..<200 { await client.send(call(id)) } }()
            var seen: Set<Int> = []
            while seen.count < 200 {
                let answer = try #require(try await client.next())
                let id = try #require(answer["id"]?.intValue)
                #expect(seen.insert(id).inserted)
                #expect(answer["result"]?["isError"] == false)
            }
            await sent
        }
        #expect(fixture.runner.mostRunning <= 4)
    }

    @Test func `requests beyond the channel's share are refused and the rest go on`() async throws {
        let gate = Gate()
        let fixture = try HostFixture(ScriptedRunner(.waits(gate, then: .success)))
        try await serve(fixture, limits: ChannelLimits(requestsInFlight: 6)) { client in
            for id in 0..<10 { await client.send(call(id)) }
            for id in 6..<10 {
                let refusal = try #require(try await client.next())
                #expect(refusal["id"] == .integer(Int64(id)) && refusal["error"]?["code"] == -32603)
            }
            gate.open()
            for _ in 0..<6 {
                let answer = try #require(try await client.next())
                #expect(answer["result"]?["isError"] == false)
            }
        }
    }

    @Test func `a cancelled call is not answered, whether it ran or waited, and its id is free again`()
        async throws
    {
        let gate = Gate()
        let fixture = try HostFixture(
            ScriptedRunner {
                $0.request.arguments.last == "quick" ? .ends(.success) : .waits(gate, then: .success)
            },
            limits: HostFixture.limits(running: 1)
        )
        try await serve(fixture) { client in
            await client.send(call(1))
            await fixture.runner.begun(1)
            await client.send(call(2))
            await client.send(cancel(2))
            await client.send(cancel(1))
            await client.send(cancel(99))
            await client.send(call(1, "quick"))
            let answer = try #require(try await client.next())
            #expect(answer["id"] == 1 && answer["result"]?["isError"] == false)
            await client.send(ping)
            let pong = try await client.next()
            #expect(pong?["id"] == "ping")
        }
        #expect(fixture.runner.runs.count == 2)
    }

    @Test func `a call that is cancelled in the same breath never runs for long`() async throws {
        let fixture = try HostFixture(ScriptedRunner(.waits(Gate(), then: .success)))
        try await serve(fixture) { client in
            for id in 0..<300 {
                await client.send(bytes: call(id).encoded() + [0x0A] + cancel(id).encoded() + [0x0A])
            }
            await client.send(ping)
            let pong = try await client.next()
            #expect(pong?["id"] == "ping")
        }
    }

    @Test func `cancellations and answers that cross leave the channel in order`() async throws {
        let fixture = try HostFixture(
            ScriptedRunner(.ends(.success)),
            limits: HostFixture.limits(waiting: 400, session: 400)
        )
        try await serve(fixture) { client in
            async let sent: Void = {
                for id in 0..<300 {
                    await client.send(call(id))
                    if !id.isMultiple(of: 3) { await client.send(cancel(id)) }
                    if id.isMultiple(of: 7) { await Task.yield() }
                }
                await client.send(call(1000))
            }()
            var seen: Set<Int> = []
            // Everything that was not cancelled is answered, and nothing twice.
            let wanted = Set((0..<300).filter { $0.isMultiple(of: 3) }).union([1000])
            while !wanted.isSubset(of: seen) {
                let id = try #require(try await client.next()?["id"]?.intValue)
                #expect(seen.insert(id).inserted)
            }
            await sent
        }
    }

    @Test func `the end of input gives up what runs and what waits`() async throws {
        let fixture = try HostFixture(ScriptedRunner(.waits(Gate(), then: .success)))
        try await serve(fixture) { client in
            for id in 0..<20 { await client.send(call(id)) }
            await fixture.runner.begun(4)
        }
        #expect(fixture.runner.runs.count == 4)
    }

    @Test func `the end of input lets what was read end when there is time`() async throws {
        let gate = Gate()
        let fixture = try HostFixture(ScriptedRunner(.waits(gate, then: .success)))
        let transport = InMemoryTransport()
        let service = MCPService(host: fixture.host, name: "test", version: "1", instructions: nil)
        async let served: Void = transport.run(service, grace: .seconds(600))
        let meta: JSONValue = [
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": [:],
        ]
        await transport.send([
            "jsonrpc": "2.0", "id": 7, "method": "tools/call",
            "params": ["name": "system_run_command", "arguments": ["command": "true"], "_meta": meta],
        ])
        await fixture.runner.begun(1)
        transport.endInput()
        gate.open()
        #expect(try await transport.next()?["id"] == 7)
        #expect(try await transport.next() == nil)
        await served
    }

    @Test func `lines that are no messages are answered and the channel goes on`() async throws {
        try await serve(try HostFixture(.success)) { client in
            await client.send(bytes: Array("{\n[]\nnull\n\"x\"\n\n".utf8) + [0xFF, 0x0A])
            for _ in 0..<5 {
                let answer = try #require(try await client.next())
                #expect(answer["error"] != nil)
            }
            await client.send(ping)
            let pong = try await client.next()
            #expect(pong?["id"] == "ping")
        }
    }
}
