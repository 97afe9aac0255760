// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ContainerMCPCore
import ContainerMCPHTTP
import ContainerMCPSandbox
import ContainerMCPShell

/// The HTTP server: clients reach it at `/sse` and `/mcp`.
@main
struct SSECommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "ContainerMCPSSE",
        abstract: "Serves MCP over HTTP.",
        discussion: """
            Clients of any age connect to http://127.0.0.1:8000/sse, newer ones better to
            http://127.0.0.1:8000/mcp.

            Logs go to standard error. SIGTERM and SIGINT end it.
            """,
        version: ContainerMCPServer.version
    )

    @Option(help: "Address to listen on. Anything but 127.0.0.1 and ::1 needs a token.")
    var host: String?

    @Option(help: "Port to listen on; 0 takes a free one.")
    var port: String?

    @OptionGroup var options: ServerOptions

    func run() async throws {
        var flags: [String: String] = [:]
        flags["MCP_HOST"] = host
        flags["MCP_PORT"] = port
        let settings = try options.settings(flags, servesNetwork: true)
        let logger = LogOutput.logger(settings.logging)
        // Beside the connections there are the processes of calls, each with some pipes.
        let descriptors = settings.limits.connections + 1_024
        let granted = DescriptorLimit.raise(to: descriptors)
        if granted < descriptors {
            StandardError.write("Only \(granted) descriptors are granted, \(descriptors) are wanted.\n")
        }
        let prometheus = PrometheusMetrics()
        let server = try await ContainerMCPServer.startForShell(
            settings,
            logger: logger,
            metrics: ServerMetrics(prometheus)
        )
        do throws(MCPHTTPServerFailure) {
            let http = try MCPHTTPServer(server, logger: logger, prometheus: prometheus)
            StopSignals.onFirst { http.stop() }
            let (prefix, level) = (settings.server.pathPrefix, server.report.level.rawValue)
            try await http.run { place in
                StandardError.write("serving on \(place.base)\(prefix)/sse (sandbox: \(level))\n")
            }
        } catch {
            await server.stop()
            StandardError.write("\(error)\n")
            throw ExitCode(5)
        }
        await server.stop()
    }
}
