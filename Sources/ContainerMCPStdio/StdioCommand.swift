// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ContainerMCPCore
import ContainerMCPShell

/// The stdio server: a client starts it and talks MCP over its standard input and output.
@main
struct StdioCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ContainerMCPStdio",
        abstract: "Serves MCP over standard input and output.",
        discussion: """
            Clients start it from their configuration, for example:

              {"mcpServers": {"sandbox": {"command": "/path/to/ContainerMCPStdio", "args": ["--test-mode"]}}}

            Logs go to standard error. It ends when its input does.
            """,
        version: ContainerMCPServer.version
    )

    @OptionGroup var options: ServerOptions

    func run() async throws {
        let settings = try options.settings(servesNetwork: false)
        let logger = LogOutput.logger(settings.logging)
        let server = try await ContainerMCPServer.startForShell(settings, logger: logger)
        let transport = StdioTransport(lineLimit: settings.limits.requestBytes, logger: logger)
        StopSignals.onFirst { transport.stop() }
        await transport.run(server.service)
        await server.stop()
    }
}
