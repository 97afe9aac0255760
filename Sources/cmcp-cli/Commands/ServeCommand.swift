// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ContainerMCPCore
import ContainerMCPShell
import Logging

/// `serve`: the servers, started from here.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Start a server: over HTTP, or with --stdio over standard input and output.",
        discussion: """
            The same servers as ContainerMCPSSE and ContainerMCPStdio; SIGTERM or Ctrl-C ends them.

            Examples:
              cmcp-cli serve --port 8080
              cmcp-cli serve --stdio --test-mode
            """
    )

    @Flag(help: "Speak MCP over standard input and output.")
    var stdio = false

    @Option(help: "The address to listen on (MCP_HOST).")
    var host: String?

    @Option(help: "The port to listen on (MCP_PORT).")
    var port: String?

    @OptionGroup var server: ServerOptions

    func validate() throws {
        if stdio && (host != nil || port != nil) {
            throw ValidationError("--stdio listens on no address: leave out --host and --port.")
        }
    }

    func run() async throws {
        var further: [String: String] = [:]
        further["MCP_HOST"] = host
        further["MCP_PORT"] = port
        let settings = try server.settings(further, servesNetwork: !stdio)
        let logger = LogOutput.logger(settings.logging)
        let prometheus = PrometheusMetrics()
        let started = try await ContainerMCPServer.startForShell(
            settings,
            logger: logger,
            metrics: stdio ? .disabled : ServerMetrics(prometheus)
        )
        if stdio {
            let transport = StdioTransport(lineLimit: settings.limits.requestBytes, logger: logger)
            StopSignals.onFirst { transport.stop() }
            await transport.run(started.service)
            await started.stop()
        } else {
            try await HTTPServing.run(started, logger: logger, prometheus: prometheus)
        }
    }
}
