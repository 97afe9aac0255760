// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
public import ContainerMCPCore
internal import ContainerMCPSandbox
public import Logging

extension ContainerMCPServer {
    /// Starts a server for a program of the package, telling failures on standard error.
    ///
    /// - Parameters:
    ///   - settings: Checked settings.
    ///   - logger: Where the server's messages go.
    ///   - metrics: Where it is counted what happens.
    /// - Throws: `ExitCode` 4 where no sandbox can be had, else 5.
    /// - Returns: The started server.
    public static func startForShell(
        _ settings: Settings,
        logger: Logger,
        metrics: ServerMetrics = .disabled
    ) async throws -> ContainerMCPServer {
        try await beginForShell(settings, logger: logger, metrics: metrics).server.value
    }

    /// Begins to start a server, and gives at once a service that can greet clients meanwhile.
    ///
    /// - Parameters:
    ///   - settings: Checked settings.
    ///   - logger: Where the server's messages go.
    ///   - metrics: Where it is counted what happens.
    /// - Returns: The service, and the server when it is ready. Its task throws `ExitCode` 4 where no sandbox can be
    ///   had, else 5, after the reason was told on standard error.
    public static func beginForShell(
        _ settings: Settings,
        logger: Logger,
        metrics: ServerMetrics = .disabled
    ) -> (service: MCPService, server: Task<ContainerMCPServer, any Error>) {
        OrphanReaper.startAsProcessOne()
        for warning in settings.warnings { logger.warning("\(warning)") }
        let (service, starting) = begin(settings, logger: logger, metrics: metrics)
        let server = Task {
            do {
                return try await starting.value
            } catch let failure as ServerStartFailure {
                StandardError.write("\(failure)\n")
                throw ExitCode(failure.code == .noSandbox ? 4 : 5)
            }
        }
        return (service, server)
    }
}
