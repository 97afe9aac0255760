// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPTesting
import Glibc
import Testing

@Suite struct ServeCommandTests {
    @Test func `the stdio server answers from the command line`() throws {
        let request = #"""
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}

            """#
        let recording = WireRecording(.lines)
        recording.client(Array(request.utf8))
        let run = try CommandLine.run(["serve", "--stdio", "--test-mode"], streams: .pipes(input: request))
        recording.server(Array(run.output.utf8))
        #expect(run.status == 0, "\(run.error)")
        #expect(try run.json["result"]?["serverInfo"]?["name"] == "container-mcp")
    }

    @Test func `the HTTP server listens until a signal`() throws {
        let folder = try TemporaryFolder()
        let run = try ProgramRun(
            [ProgramFolder.commandLine, "serve", "--port", "0", "--test-mode"],
            in: folder.path
        )
        try run.waitForError(containing: "serving on http://127.0.0.1:")
        run.signal(SIGTERM)
        let result = try run.finish()
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.isEmpty)
    }

    @Test func `a bad address ends with status 2`() throws {
        let run = try CommandLine.run(["serve", "--port", "99999"])
        #expect(run.status == 2)
        #expect(run.error.contains("MCP_PORT"))
    }
}
