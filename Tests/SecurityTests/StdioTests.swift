// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPSandbox
import Glibc
import Logging
import Testing

/// A hostile or broken client on standard input and output.
@Suite struct StdioTests {
    @Test func `broken messages are answered and the connection stays`() async throws {
        try await AttackServer.withStrongest { attacked in
            try await StdioClient.with(attacked) { client in
                try await client.initialize()
                let deep = String(repeating: "[", count: 100_000)
                let messages = [
                    "{", "nonsense", "[1,]", "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}",
                    deep, "{\"a\":\(deep)", "\"\\ud800\"",
                    "{\"jsonrpc\":\"1.0\",\"id\":5,\"method\":\"ping\"}",
                    "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}",
                    "{\"jsonrpc\":\"2.0\",\"id\":1.5e999,\"method\":\"ping\"}",
                    "{\"jsonrpc\":\"2.0\",\"id\":6,\"method\":7}",
                    "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"no/such\"}",
                    "{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"tools/call\",\"params\":[]}",
                    "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"tools/call\",\"params\":{\"name\":\"system_run_command\",\"arguments\":{\"command\":5}}}",
                    "{\"jsonrpc\":\"2.0\",\"id\":10,\"method\":\"tools/call\",\"params\":{\"name\":\"system_run_command\",\"arguments\":{\"command\":\"echo x\",\"timeout\":1e308}}}",
                    "{\"jsonrpc\":\"2.0\",\"id\":11,\"method\":\"tools/call\",\"params\":{\"name\":\"system_run_command\",\"arguments\":{\"command\":\"echo x\",\"timeout\":-1}}}",
                    "{\"jsonrpc\":\"2.0\",\"id\":12,\"method\":\"tools/call\",\"params\":{\"name\":\"system_run_command\",\"arguments\":{\"command\":\"echo x\",\"Timeout\":1}}}",
                    "123456789012345678901234567890", "\u{0}",
                    "{\"jsonrpc\":\"2.0\",\"id\":13,\"method\":\"tools/call\",\"params\":{\"name\":\"system_run_command\",\"arguments\":{\"command\":\"echo \\u0000\"}}}",
                ]
                for (number, message) in messages.enumerated() {
                    try await client.send(message + "\n")
                    try await client.ping(Int64(1000 + number))
                }
            }
        }
    }

    @Test func `a line without an end is dropped and not kept`() async throws {
        try await AttackServer.withStrongest { attacked in
            try await StdioClient.with(attacked, lineLimit: 1 << 20) { client in
                try await client.initialize()
                let piece = String(repeating: "x", count: 1 << 20)
                for _ in 0..<24 { try await client.send(piece) }
                try await client.send("\n")
                let refusal = try await client.next()
                // Not what is said about a text that was kept and is no JSON.
                #expect(refusal["error"]?["code"] != -32700, "\(refusal)")
                try await client.ping(1)
            }
        }
    }

    @Test func `cancelling and hanging up end what runs`() async throws {
        try await AttackServer.withStrongest { attacked in
            try await StdioClient.with(attacked) { client in
                try await client.initialize()
                for id in 1...3 {
                    try await client.send(
                        """
                        {"jsonrpc":"2.0","id":\(id),"method":"tools/call","params":{"name":"system_run_command",\
                        "arguments":{"command":"(setsid sleep \(attacked.mark) &); sleep \(attacked.mark)","timeout":100}}}

                        """
                    )
                }
                let areUp = await eventually { HostProcesses.ids(withArgument: attacked.mark).count >= 6 }
                #expect(areUp)
                try await client.send(
                    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}\n"
                )
                try await client.send(
                    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":77}}\n"
                )
                let isOneGone = await eventually { HostProcesses.ids(withArgument: attacked.mark).count <= 6 }
                #expect(isOneGone)
                try await client.ping(50)
            }
            // The input has ended, and the server has returned.
            #expect(HostProcesses.ids(withArgument: attacked.mark).isEmpty)
        }
    }

    @Test func `a client that does not read is held back, not stored`() async throws {
        try await AttackServer.withStrongest { attacked in
            try await StdioClient.with(attacked) { client in
                try await client.initialize()
                let before = HostProcesses.residentBytes()
                let line = Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}\n".utf8)
                let flood = Array(repeatElement(line, count: 1000).joined())
                var taken = 0
                var idle = 0
                // Until nothing was taken for a while, or far more than any buffer holds was.
                _ = await eventually {
                    let count = client.offer(flood[(taken % line.count)...])
                    taken += count
                    idle = count > 0 ? 0 : idle + 1
                    return idle > 100 || taken > 64 << 20
                }
                #expect(taken < 64 << 20, "input was taken without end")
                #expect(HostProcesses.residentBytes() - before < 160 << 20)
            }
        }
    }

    @Test(arguments: Place.attacked)
    func `a launcher that is killed fails its calls, and nothing runs without one`(place: Place)
        async throws
    {
        try await AttackServer.with(place) { attacked in
            async let running = attacked.bash("sleep \(attacked.mark)", timeout: 100)
            let isUp = await eventually {
                HostProcesses.ids(withArgument: "sleep\0" + attacked.mark).count == 1
            }
            #expect(isUp)
            let sleeper = try #require(HostProcesses.ids(withArgument: "sleep\0" + attacked.mark).first)
            let launcher = try #require(HostProcesses.launcher(above: sleeper))
            kill(launcher, SIGKILL)
            let reply = await running
            #expect(reply.isError && reply.exitCode == nil, "\(reply.everything)")
            let isGone = await eventually { !HostProcesses.isAlive(sleeper) }
            #expect(isGone)
            // Confined again, at the same level.
            let next = await attacked.python("import ctypes\nprint(ctypes.CDLL(None).prctl(21, 0, 0, 0, 0))")
            #expect(next.output == "2\n", "\(next.everything)")
            #expect(attacked.server.report.level == place.level)
        }
    }

    /// Without a sandbox that works there is no server, and never a weaker one than was asked for.
    @Test func `a sandbox that is missing or broken refuses the start`() async throws {
        for changes in [
            ["SANDBOX_BACKEND": "chroot"], ["TEMP_DIR": "/proc/nowhere"],
            ["PYTHON_EXECUTABLE": "/etc/passwd"],
            ["SANDBOX_LEVEL": "none"], ["SANDBOX_LEVEL": "weak"], ["SANDBOX_ROOT": "/"],
            ["SANDBOX_ROOT": "/tmp"], ["DATA_DIR": "/"],
        ] {
            await #expect(throws: (any Error).self, "\(changes)") {
                try await AttackServer.withStrongest(changes) { _ in }
            }
        }
    }

    @Test func `every result of a server without a sandbox says so`() async throws {
        try await AttackServer.with(SandboxLevel.none, ["COMMAND_RESTRICTED": "false"]) { attacked in
            let reply = await attacked.bash("cat \(attacked.secretFile)")
            // The same call that is refused everywhere else reads the secret here: the tests of reach can fail.
            #expect(reply.output == attacked.canary + "\n")
            #expect(reply.text("warning").contains("without a sandbox"))
            #expect(await attacked.bash("id").output.contains("uid="))
        }
    }
}
