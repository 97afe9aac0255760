// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// `file_move`: moves a file or a folder of the workspace.
public struct FileMoveTool: Tool {
    /// The arguments of the tool.
    public struct Arguments: Sendable {
        var source = ""
        var destination = ""
        var overwrite: Bool?
    }

    /// `file_move`.
    public let name = ToolName.fileMove
    /// The tool's name for people.
    public let title = "Move a file"
    /// What the tool does, for the model.
    public let summary = """
        Moves or renames a file or a folder of the workspace and makes missing folders. 'destination' is the new name \
        itself. What has that name already is replaced only with 'overwrite'.
        """
    /// Writes files, and may replace what was there.
    public let effects: ToolEffects = [.writesFiles, .destroys]
    private let files: ManagerSource<SandboxFileManager>

    /// Makes the tool.
    public init(files: ManagerSource<SandboxFileManager>) {
        self.files = files
    }

    /// The arguments.
    public let fields = ToolFields<Arguments>(
        Arguments(),
        [
            .required("source", \.source, maxLength: 4096, "Path in the workspace."),
            .required("destination", \.destination, maxLength: 4096, "New path in the workspace."),
            .optional(
                "overwrite",
                \.overwrite,
                default: false,
                "Whether a file with that name is replaced."
            ),
        ]
    )

    /// The schema of the result.
    public var outputSchema: JSONValue? {
        FileSchema.result([
            "source": RunSchema.typed("string", "The old path, relative to the workspace."),
            "destination": RunSchema.typed("string", "The new path, relative to the workspace."),
        ])
    }

    /// To take the source away and to put it at the destination.
    public func action(for arguments: Arguments) throws(ToolError) -> MoveFile {
        try MoveFile(
            source: arguments.source,
            destination: arguments.destination,
            overwrite: arguments.overwrite ?? false
        )
    }

    /// Moves it.
    public func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let permitted = try context.permit(action(for: arguments))
        let moved = try await files.use(for: context.caller) { files async throws(ToolError) in
            try await files.move(permitted)
        }
        return ToolOutput([
            "success": .bool(moved.success), "source": .string(moved.source),
            "destination": .string(moved.destination),
        ])
    }
}
