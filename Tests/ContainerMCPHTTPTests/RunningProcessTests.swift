// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import Glibc
import Testing

/// Calls that really run something.
@Suite(.serialized) struct RunningProcessTests {
    /// Whether a process has a text in its command line.
    private static func isRunning(_ text: String) -> Bool {
        guard let folder = unsafe opendir("/proc") else { return false }
        defer { unsafe closedir(folder) }
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            guard name.utf8.first.map({ (0x31...0x39).contains($0) }) == true,
                let file = unsafe fopen("/proc/\(name)/cmdline", "r")
            else { continue }
            var bytes = [UInt8](repeating: 0, count: 4_096)
            let count = unsafe fread(&bytes, 1, bytes.count, file)
            unsafe fclose(file)
            if bytes[..<count].firstRange(of: Array(text.utf8)) != nil { return true }
        }
        return false
    }

    private static func mark() -> String {
        "9\(Int.random(in: 100_000...999_999)).5"
    }

    @Test func `a stream that is closed leaves no process behind`() async throws {
        let seconds = Self.mark()
        try await RunningServer.full { server async throws in
            let stream = try await server.connect()
            try await stream.send(RunningServer.text("GET", "/sse"))
            _ = try await stream.head()
            let place = try #require(try await stream.event())
            _ = try await server.post(place, RunningServer.initialize())
            _ = try await server.post(
                place,
                RunningServer.call("system_run_command", #"{"command":"sleep \#(seconds)"}"#, id: 2)
            )
            try await Wait.until { Self.isRunning(seconds) }
            stream.close()
            try await Wait.until { !Self.isRunning(seconds) }
        }
    }

    @Test func `a 2026 caller that hangs up leaves no process behind`() async throws {
        let seconds = Self.mark()
        try await RunningServer.full { server async throws in
            let caller = try await server.connect()
            let body = """
                {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"system_run_command","arguments":\
                {"command":"sleep \(seconds)"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
                "io.modelcontextprotocol/clientCapabilities":{}}}}
                """
            let fields = [
                "Content-Type: application/json", "MCP-Protocol-Version: 2026-07-28",
                "Mcp-Method: tools/call",
                "Mcp-Name: system_run_command",
            ]
            try await caller.send(RunningServer.text("POST", "/mcp", fields, body: body))
            try await Wait.until { Self.isRunning(seconds) }
            caller.close()
            try await Wait.until { !Self.isRunning(seconds) }
        }
    }

    @Test func `a server that stops ends what its sessions run`() async throws {
        let seconds = Self.mark()
        try await RunningServer.full { server async throws in
            let stream = try await server.connect()
            try await stream.send(RunningServer.text("GET", "/sse"))
            _ = try await stream.head()
            let place = try #require(try await stream.event())
            _ = try await server.post(place, RunningServer.initialize())
            _ = try await server.post(
                place,
                RunningServer.call("system_run_command", #"{"command":"sleep \#(seconds)"}"#, id: 2)
            )
            try await Wait.until { Self.isRunning(seconds) }
            server.http.stop()
            #expect(await stream.isClosedByServer())
            #expect(!Self.isRunning(seconds))
        }
    }

    @Test func `what runs in one session answers in it, while others go on`() async throws {
        try await RunningServer.full { server async throws in
            let session = try #require(
                try await server.post("/mcp", RunningServer.initialize()).fields["mcp-session-id"]
            )
            let reply = try await server.post(
                "/mcp",
                RunningServer.call("system_run_command", #"{"command":"echo hello"}"#, id: 2),
                ["Mcp-Session-Id: \(session)", "Accept: application/json"]
            )
            #expect(reply.json["result"]?["structuredContent"]?["stdout"] == "hello\n")
        }
    }
}
