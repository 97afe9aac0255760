// SPDX-License-Identifier: Apache-2.0

/// A request to see settings: all that are shown, or one by name.
public struct ReadVariables: Sendable, Hashable, PolicedAction {
    /// The longest name: 256 bytes.
    public static let maximumNameBytes = 256

    /// The setting's key; nil for all.
    public let name: String?

    /// Checks the length of the name; a name that is not shown is no error, so that nobody learns which exist.
    ///
    /// - Throws: ``ToolError`` with code `invalidArgument`.
    public init(name: String? = nil) throws(ToolError) {
        if let name, name.utf8.count > Self.maximumNameBytes {
            throw ToolError(.invalidArgument, "'var_name' is longer than \(Self.maximumNameBytes) bytes.")
        }
        self.name = name
    }

    /// The tool that shows settings.
    public var tool: ToolName { .environmentVariable }
    /// To see settings.
    public var demands: [Demand] { [.readVariables] }
}
