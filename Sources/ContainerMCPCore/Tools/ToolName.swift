// SPDX-License-Identifier: Apache-2.0

/// The name by which clients call a tool.
public struct ToolName: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    /// The name as it stands on the wire: 1 to 64 characters of `A-Z a-z 0-9 _ . -`.
    public let rawValue: String

    /// Makes a name; the registry checks its characters and length when the tool is added.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Makes a name from a literal.
    public init(stringLiteral value: String) {
        self.rawValue = value
    }

    /// The name as it stands on the wire.
    public var description: String { rawValue }

    /// Runs a bash command.
    public static let runCommand: ToolName = "system_run_command"
    /// Runs Python code.
    public static let runPython: ToolName = "system_run_python"
    /// Shows settings.
    public static let environmentVariable: ToolName = "system_env_var"
    /// Tells how the server does.
    public static let healthCheck: ToolName = "health_check"
    /// Reads a file.
    public static let fileRead: ToolName = "file_read"
    /// Writes a file.
    public static let fileWrite: ToolName = "file_write"
    /// Lists a folder.
    public static let fileList: ToolName = "file_list"
    /// Deletes a file or an empty folder.
    public static let fileDelete: ToolName = "file_delete"
    /// Moves a file or a folder.
    public static let fileMove: ToolName = "file_move"
}
