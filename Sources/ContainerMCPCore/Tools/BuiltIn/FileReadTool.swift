// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// `file_read`: reads a file of the workspace or the data folder.
public struct FileReadTool: Tool {
    /// The arguments of the tool.
    public struct Arguments: Sendable {
        var path = ""
        var encoding: String?
        var offset: Int?
        var limit: Int?
    }

    /// `file_read`.
    public let name = ToolName.fileRead
    /// The tool's name for people.
    public let title = "Read a file"
    /// What the tool does, for the model.
    public let summary = """
        Reads a file of the workspace (or below /data, which is read-only). 'offset' and 'limit' select lines of a large \
        file; with encoding base64 they select bytes.
        """
    /// Reads files only.
    public let effects: ToolEffects = [.readsFiles]
    private let files: ManagerSource<SandboxFileManager>

    /// Makes the tool.
    public init(files: ManagerSource<SandboxFileManager>) {
        self.files = files
    }

    /// The arguments.
    public let fields = ToolFields<Arguments>(
        Arguments(),
        [
            .required("path", \.path, maxLength: 4096, "Path in the workspace, or below /data."),
            .optional("encoding", \.encoding, maxLength: 64, default: "utf-8", FileSchema.encodings),
            .optional("offset", \.offset, 1...Int.max, "First line, from 1."),
            .optional("limit", \.limit, 1...Int.max, "Number of lines."),
        ]
    )

    /// The schema of the result.
    public var outputSchema: JSONValue? {
        FileSchema.result([
            "content": RunSchema.typed("string", "The text, or the bytes in base64."),
            "size": RunSchema.typed("integer", "Size of the whole file in bytes."),
            "modified": RunSchema.typed("string", "Time of the last change, ISO 8601, UTC."),
            "total_lines": RunSchema.typed("integer", "Lines of the whole file, where a part was asked for."),
            "truncated": RunSchema.typed("boolean", "Whether something follows the part."),
            "next_offset": RunSchema.typed("integer", "The offset that goes on after the part."),
        ])
    }

    /// To read the file.
    public func action(for arguments: Arguments) throws(ToolError) -> ReadFile {
        try ReadFile(
            path: arguments.path,
            encoding: arguments.encoding,
            offset: arguments.offset,
            limit: arguments.limit
        )
    }

    /// Reads the file.
    public func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let permitted = try context.permit(action(for: arguments))
        let file = try await files.use(for: context.caller) { files async throws(ToolError) in
            try await files.read(permitted)
        }
        var result: JSONObject = [
            "content": .string(file.content), "size": .integer(file.size), "modified": .string(file.modified),
            "success": .bool(file.success),
        ]
        result["total_lines"] = file.totalLines.map { .integer(Int64($0)) }
        result["truncated"] = file.truncated.map { .bool($0) }
        result["next_offset"] = file.nextOffset.map { .integer(Int64($0)) }
        return ToolOutput(
            result,
            account: """
                \(file.size) bytes, changed \(file.modified). The content is in the structured content; 'offset' and \
                'limit' read it in parts.
                """
        )
    }
}
