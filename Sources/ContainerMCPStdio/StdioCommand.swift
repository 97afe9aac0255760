// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ContainerMCPCore
import ContainerMCPShell

/// The stdio server: a client starts it and talks MCP over its standard input and output.
@main
struct StdioCommand: ShellCommand {
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
        // Clients are greeted while the sandbox starts; no call is served before it has passed its probe.
        let (service, starting) = ContainerMCPServer.beginForShell(settings, logger: logger)
        let transport = StdioTransport(lineLimit: settings.limits.requestBytes, logger: logger)
        StopSignals.onFirst { transport.stop() }
        async let serving: Void = transport.run(service)
        do {
            let server = try await starting.value
            await serving
            await server.stop()
        } catch {
            transport.stop()
            await serving
            throw error
        }
    }
}
