// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import Glibc
import Testing

@Suite struct MCPHTTPServerTests {
    private static func code(_ flags: [String: String]) async throws -> MCPHTTPServerFailure.Code? {
        do {
            try await RunningServer.light(flags) { _ in }
            return nil
        } catch let failure as MCPHTTPServerFailure {
            return failure.code
        }
    }

    @Test func `a port that is taken is told as such`() async throws {
        try await RunningServer.light { server async throws in
            #expect(try await Self.code(["MCP_PORT": "\(server.port)"]) == .addressInUse)
            #expect(try await server.request("GET", "/health").status == 200)
        }
    }

    @Test func `an address of another machine can't be listened on`() async throws {
        let flags = ["MCP_HOST": "192.0.2.1", "MCP_AUTH_TOKEN": "0123456789abcdef"]
        #expect(try await Self.code(flags) == .cannotListen)
    }

    @Test func `a Unix socket takes the place of a port and is gone at the end`() async throws {
        let path = "/tmp/cmcp-http-\(UInt64.random(in: 0...UInt64.max)).sock"
        try await RunningServer.light(["MCP_SOCKET": path]) { _ in
            var info = stat()
            #expect(unsafe stat(path, &info) == 0)
            #expect(info.st_mode & 0o777 == 0o600)
            let connection = try await RawConnection.connect(socket: path)
            try await connection.send(RunningServer.text("GET", "/health", host: "localhost"))
            #expect(try await connection.reply().status == 200)
        }
        #expect(unsafe access(path, F_OK) != 0)
    }

    @Test func `cancelling ends the server and its streams`() async throws {
        let (events, input) = AsyncStream.makeStream(of: String.self)
        let (places, place) = AsyncStream.makeStream(of: RawConnection.self)
        let running = Task {
            try await RunningServer.light(tools: [WaitTool(events: input)]) { server async throws in
                let stream = try await server.connect()
                try await stream.send(RunningServer.text("GET", "/sse"))
                _ = try await stream.head()
                let target = try #require(try await stream.event())
                _ = try await server.post(target, RunningServer.initialize())
                _ = try await server.post(target, RunningServer.call("wait", "{}", id: 2))
                place.yield(stream)
                for await _ in AsyncStream<Void>.makeStream().stream {}
            }
        }
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next() == "began")
        var streams = places.makeAsyncIterator()
        let stream = try #require(await streams.next())
        running.cancel()
        #expect(await iterator.next() == "cancelled")
        #expect(await stream.isClosedByServer())
        _ = await running.result
    }

    @Test func `a server that is stopped before it runs ends at once`() async throws {
        let settings = try RunningServer.settings([:])
        let host = ToolHost(
            registry: ToolRegistry(),
            policy: PolicyEngine(settings: PolicySettings()),
            audit: nil,
            limits: settings.limits,
            mechanism: "none",
            logger: RunningServer.quiet
        )
        let http = try MCPHTTPServer(
            service: MCPService(host: host, name: "test", version: "1", instructions: nil),
            settings: settings,
            logger: RunningServer.quiet
        ) { _, _ in }
        http.stop()
        try await http.run()
    }
}
