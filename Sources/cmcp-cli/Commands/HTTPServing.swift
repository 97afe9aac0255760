// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPHTTP
import ContainerMCPSandbox
import ContainerMCPShell
import Logging

/// Serves over HTTP until a signal.
enum HTTPServing {
    /// Serves, then stops the server.
    ///
    /// - Throws: ``CommandFailure`` with status 5 where the address can't be listened on.
    static func run(_ server: ContainerMCPServer, logger: Logger, prometheus: PrometheusMetrics) async throws
    {
        do throws(MCPHTTPServerFailure) {
            let http = try MCPHTTPServer(server, logger: logger, prometheus: prometheus)
            StopSignals.onFirst { http.stop() }
            let prefix = server.settings.server.pathPrefix
            let level = server.report.level.rawValue
            try await http.run { place in
                StandardError.write("serving on \(place.base)\(prefix)/sse (sandbox: \(level))\n")
            }
        } catch {
            await server.stop()
            throw CommandFailure(.internalFailure, "\(error)")
        }
        await server.stop()
    }
}
