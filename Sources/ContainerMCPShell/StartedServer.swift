// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
public import ContainerMCPCore
public import Logging

extension ContainerMCPServer {
    /// Starts a server for a program of the package, telling failures on standard error.
    ///
    /// - Parameters:
    ///   - settings: Checked settings.
    ///   - logger: Where the server's messages go.
    /// - Returns: The started server.
    /// - Throws: `ExitCode` 4 where no sandbox can be had, else 5.
    public static func startForShell(_ settings: Settings, logger: Logger) async throws -> ContainerMCPServer
    {
        for warning in settings.warnings { logger.warning("\(warning)") }
        do throws(ServerStartFailure) {
            return try await start(settings, logger: logger)
        } catch {
            StandardError.write("\(error)\n")
            throw ExitCode(error.code == .noSandbox ? 4 : 5)
        }
    }
}
