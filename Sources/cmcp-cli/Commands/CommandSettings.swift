// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPShell
import Logging

/// What the commands do with settings.
enum CommandSettings {
    /// Where messages go: on standard error; only errors, unless somebody set the level.
    static func logger(_ settings: Settings) -> Logger {
        var logger = LogOutput.logger(settings.logging)
        let isChosen = ["LOG_LEVEL", "DEBUG"].contains { settings.origin(of: $0) != .default }
        if !isChosen { logger.logLevel = .error }
        return logger
    }

    /// Tells what a person should know about the settings.
    static func warn(_ settings: Settings) {
        for warning in settings.warnings { TextStream.error.writeLine("cmcp-cli: warning: \(warning)") }
    }

    /// The tools and the policy, without a sandbox.
    static func outline(_ settings: Settings) throws -> ServerOutline {
        do throws(ServerStartFailure) {
            return try ServerOutline(settings, logger: logger(settings))
        } catch {
            throw CommandFailure(error)
        }
    }
}
