// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPTesting
import Logging
import Testing

/// A whole server in test mode inside the test's own process.
struct TestServer {
    let server: ContainerMCPServer

    static let commands =
        "ls,cat,grep,find,echo,pwd,mkdir,touch,sleep,head,wc,sort,dd,rm,ln,cp,mkfifo,seq,kill"

    /// Starts one, gives it to the body, and ends it.
    static func with(_ settings: [String: String] = [:], _ body: (TestServer) async throws -> Void)
        async throws
    {
        let flags = ["CMCP_TEST_MODE": "true", "BASH_ALLOWED_COMMANDS": commands].merging(settings) { $1 }
        let loaded = try Settings.load(
            flags: flags,
            environment: [:],
            currentDirectory: "/tmp",
            servesNetwork: false
        )
        let server = try await ContainerMCPServer.start(loaded, logger: Logger(label: "test"))
        do {
            try await body(TestServer(server: server))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    /// Calls a tool; the result that the client would get.
    func call(_ tool: ToolName, _ arguments: JSONObject, session: String = "test") async -> ToolResult {
        let result = await server.host.call(tool.rawValue, arguments, caller: Caller(session: session))
        WireRecording.called(tool.rawValue, result)
        return result
    }

    /// The structured content of a call.
    func result(_ tool: ToolName, _ arguments: JSONObject) async throws -> JSONObject {
        try #require(await call(tool, arguments).structuredContent?.objectValue)
    }

    func bash(_ command: String, _ more: JSONObject = [:]) async throws -> JSONObject {
        var arguments: JSONObject = ["command": .string(command)]
        for (key, value) in more { arguments[key] = value }
        return try await result(.runCommand, arguments)
    }

    func python(_ code: String, _ more: JSONObject = [:]) async throws -> JSONObject {
        var arguments: JSONObject = ["code": .string(code)]
        for (key, value) in more { arguments[key] = value }
        return try await result(.runPython, arguments)
    }
}
