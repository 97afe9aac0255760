// SPDX-License-Identifier: Apache-2.0

public import Logging

/// What is logged, and how.
public struct LoggingSettings: Sendable, Equatable {
    /// `LOG_FORMAT`.
    public enum Format: String, Sendable, Equatable, CaseIterable {
        /// Lines for people.
        case text
        /// One JSON object a line.
        case json
    }

    /// `LOG_LEVEL`, or debug where `DEBUG` asks for more.
    public var level: Logger.Level
    /// `LOG_FORMAT`.
    public var format: Format
    /// `LOG_DIR`: absolute path.
    public var folder: String
}
