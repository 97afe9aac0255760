// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct ToolsCommandTests {
    @Test func `the list in a pipe is the result of tools/list`() throws {
        let run = try CommandLine.run(["tools"])
        #expect(run.status == 0)
        #expect(run.error.isEmpty)
        let tools = try #require(try run.json["tools"]?.arrayValue)
        let names = tools.compactMap { $0["name"]?.stringValue }
        #expect(names.contains("system_run_command") && names.contains("file_move"))
        for tool in tools {
            #expect(tool["inputSchema"]?["type"] == "object")
            #expect(tool["outputSchema"]?["type"] == "object")
            #expect(tool["annotations"] != nil && tool["title"] != nil && tool["description"] != nil)
        }
    }

    @Test func `tools that are turned off are not listed`() throws {
        let run = try CommandLine.run(["tools", "--set", "TOOLS_ENABLE_SYSTEM=false"])
        let names = try run.json["tools"]?.arrayValue?.compactMap { $0["name"]?.stringValue }
        #expect(
            names == ["file_read", "file_write", "file_list", "file_delete", "file_move", "health_check"]
        )
    }

    @Test func `the list as text says which arguments can be left out`() throws {
        let run = try CommandLine.run(["tools", "--text"])
        #expect(run.output.contains("\nfile_move "))
        #expect(run.output.contains("source destination [overwrite]\n"))
    }

    @Test func `listing makes no folder`() throws {
        let folder = try TemporaryFolder()
        _ = try CommandLine.run(["tools"], in: folder)
        #expect(try folder.names().isEmpty)
    }
}
