// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ContainerMCPCore
import ContainerMCPHTTP
import ContainerMCPSandbox
import Glibc
import Logging

/// A server with one of everything that MCP has, for tests of clients and of the protocol itself.
///
/// It is built from the public library alone, and shows how a program offers tools, prompts and resources of its own
/// over HTTP and over standard input and output. It runs nothing and touches no file, so it needs no sandbox.
/// ``FixtureService`` is the place to begin to read.
@main
struct ConformanceServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ConformanceServer",
        abstract: "Serves one of everything that MCP has, for tests.",
        discussion: """
            Without --stdio it listens on 127.0.0.1, at /mcp and /sse, and prints its address.
            SIGTERM and SIGINT end it; with --stdio the end of the input does, too.
            """
    )

    @Option(help: "Port to listen on; 0 takes a free one.")
    var port: UInt16 = 8765

    @Flag(help: "Speak over standard input and output instead.")
    var stdio = false

    func run() async throws {
        // Standard output belongs to the protocol, so messages for people go to standard error.
        var logger = Logger(label: "conformance") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        let fixtures = try FixtureService(logger: logger)
        // Tasks whose time is over are forgotten meanwhile.
        let upkeep = Task { await fixtures.service.keepTidy() }
        defer { upkeep.cancel() }
        if stdio {
            try await serveStandardStreams(fixtures, logger)
        } else {
            try await serveHTTP(fixtures, logger)
        }
        await fixtures.service.stop()
    }

    private func serveStandardStreams(_ fixtures: FixtureService, _ logger: Logger) async throws {
        let transport = StdioTransport(logger: logger)
        try StopSignal.onFirst { transport.stop() }
        await transport.run(fixtures.service)
    }

    private func serveHTTP(_ fixtures: FixtureService, _ logger: Logger) async throws {
        let settings = try Settings.load(environment: ["MCP_PORT": "\(port)"], currentDirectory: "/")
        let http = try MCPHTTPServer(
            service: fixtures.service,
            settings: settings,
            logger: logger
        ) { peer, detail in
            logger.info("request refused", metadata: ["peer": "\(peer)", "detail": "\(detail)"])
        }
        try StopSignal.onFirst { http.stop() }
        try await http.run { place in
            print("\(place.base)/mcp")
            // Whoever started the server reads the address from a pipe, which would hold it back.
            fflush(nil)
        }
    }
}
