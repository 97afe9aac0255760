// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// `file_write`: writes a file of the workspace whole.
public struct FileWriteTool: Tool {
    /// The arguments of the tool.
    public struct Arguments: Sendable {
        var path = ""
        var content = ""
        var encoding: String?
    }

    /// `file_write`.
    public let name = ToolName.fileWrite
    /// The tool's name for people.
    public let title = "Write a file"
    /// What the tool does, for the model.
    public let summary = """
        Writes a file of the workspace whole, new or in place of what has the name, and makes missing folders. Others see \
        the old content or the new one, never a part. Line endings stay as they are.
        """
    /// Writes files, and replaces what was there.
    public let effects: ToolEffects = [.writesFiles, .destroys, .isIdempotent]
    private let files: ManagerSource<SandboxFileManager>

    /// Makes the tool.
    public init(files: ManagerSource<SandboxFileManager>) {
        self.files = files
    }

    /// The arguments.
    public let fields = ToolFields<Arguments>(
        Arguments(),
        [
            .required("path", \.path, maxLength: 4096, "Path in the workspace."),
            .required(
                "content",
                \.content,
                maxLength: .max,
                "The text, or with encoding base64 the bytes."
            ),
            .optional("encoding", \.encoding, maxLength: 64, default: "utf-8", FileSchema.encodings),
        ]
    )

    /// The schema of the result.
    public var outputSchema: JSONValue? {
        FileSchema.result([
            "path": RunSchema.typed("string", "The file, relative to the workspace."),
            "size": RunSchema.typed("integer", "Size of the file in bytes."),
        ])
    }

    /// To write the file.
    public func action(for arguments: Arguments) throws(ToolError) -> WriteFile {
        try WriteFile(path: arguments.path, content: arguments.content, encoding: arguments.encoding)
    }

    /// Writes the file.
    public func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let permitted = try context.permit(action(for: arguments))
        let written = try await files.use(for: context.caller) { files async throws(ToolError) in
            try await files.write(permitted)
        }
        return ToolOutput([
            "success": .bool(written.success), "path": .string(written.path), "size": .integer(written.size),
        ])
    }
}
