// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// `file_delete`: deletes a file or an empty folder of the workspace.
public struct FileDeleteTool: Tool {
    /// The arguments of the tool.
    public struct Arguments: Sendable {
        var path = ""
    }

    /// `file_delete`.
    public let name = ToolName.fileDelete
    /// The tool's name for people.
    public let title = "Delete a file"
    /// What the tool does, for the model.
    public let summary = "Deletes a file or an empty folder of the workspace."
    /// Removes files.
    public let effects: ToolEffects = [.writesFiles, .destroys]
    private let files: ManagerSource<SandboxFileManager>

    /// Makes the tool.
    public init(files: ManagerSource<SandboxFileManager>) {
        self.files = files
    }

    /// The arguments.
    public let fields = ToolFields<Arguments>(
        Arguments(),
        [.required("path", \.path, maxLength: 4096, "Path in the workspace.")]
    )

    /// The schema of the result.
    public var outputSchema: JSONValue? {
        FileSchema.result(["path": RunSchema.typed("string", "What was deleted, relative to the workspace.")])
    }

    /// To delete it.
    public func action(for arguments: Arguments) throws(ToolError) -> DeleteFile {
        try DeleteFile(path: arguments.path)
    }

    /// Deletes it.
    public func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let permitted = try context.permit(action(for: arguments))
        let deleted = try await files.use(for: context.caller) { files async throws(ToolError) in
            try await files.delete(permitted)
        }
        return ToolOutput(["success": .bool(deleted.success), "path": .string(deleted.path)])
    }
}
