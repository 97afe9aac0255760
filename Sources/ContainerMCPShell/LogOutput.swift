// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPCore
public import Logging

/// Where logs go: standard error, as text or as JSON, at most 200 lines a second.
public enum LogOutput {
    /// Makes a logger as the settings say.
    public static func logger(_ settings: LoggingSettings) -> Logger {
        var logger = Logger(label: "container-mcp") { label in
            LineLogHandler(label: label, format: settings.format)
        }
        logger.logLevel = settings.level
        return logger
    }
}
