// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// `file_list`: lists a folder, or what matches a pattern.
public struct FileListTool: Tool {
    /// The arguments of the tool.
    public struct Arguments: Sendable {
        var path: String?
        var pattern: String?
        var limit: Int?
        var cursor: String?
    }

    /// `file_list`.
    public let name = ToolName.fileList
    /// The tool's name for people.
    public let title = "List files"
    /// What the tool does, for the model.
    public let summary = """
        Lists a folder of the workspace (or below /data), sorted by name, a page at a time. A pattern such as *.csv or \
        **/*.py selects entries; with ** folders below are searched.
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
            .optional(
                "path",
                \.path,
                maxLength: 4096,
                default: "/",
                "Folder in the workspace, or below /data."
            ),
            .optional("pattern", \.pattern, maxLength: 256, "Glob with *, ?, [...] and **."),
            .optional("limit", \.limit, 1...10_000, default: 1000, "Entries of a page."),
            .optional("cursor", \.cursor, maxLength: 16_384, "The next_cursor of the page before."),
        ]
    )

    /// The schema of the result.
    public var outputSchema: JSONValue? {
        let entry = RunSchema.object(
            [
                "name": RunSchema.typed("string", "Name."),
                "path": RunSchema.typed("string", "Path, relative to the workspace."),
                "is_directory": RunSchema.typed("boolean", "Whether it is a folder."),
                "size": RunSchema.typed("integer", "Size in bytes; 0 for folders."),
                "modified": RunSchema.typed("string", "Time of the last change, ISO 8601, UTC."),
            ],
            required: ["name", "path", "is_directory", "size", "modified"]
        )
        return FileSchema.result([
            "entries": .object(["type": "array", "items": entry, "description": "Files and folders, sorted."]
            ),
            "path": RunSchema.typed("string", "The folder, relative to the workspace; / is its root."),
            "next_cursor": RunSchema.typed("string", "What to send as 'cursor' for the next page."),
            "truncated": RunSchema.typed("boolean", "True when a limit ended the search."),
            "omitted": RunSchema.typed(
                "integer",
                "Entries left out: links, devices, names no tool can be given."
            ),
        ])
    }

    /// To list the folder.
    public func action(for arguments: Arguments) throws(ToolError) -> ListFolder {
        try ListFolder(
            path: arguments.path,
            pattern: arguments.pattern,
            limit: arguments.limit,
            cursor: arguments.cursor
        )
    }

    /// Lists the folder.
    public func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let permitted = try context.permit(action(for: arguments))
        let listing = try await files.use(for: context.caller) { files async throws(ToolError) in
            try await files.list(permitted)
        }
        let entries = listing.entries.map { entry in
            JSONValue.object([
                "name": .string(entry.name), "path": .string(entry.path),
                "is_directory": .bool(entry.isDirectory),
                "size": .integer(entry.size), "modified": .string(entry.modified),
            ])
        }
        var result: JSONObject = [
            "entries": .array(entries), "path": .string(listing.path), "success": .bool(listing.success),
        ]
        result["next_cursor"] = listing.nextCursor.map { .string($0) }
        result["truncated"] = listing.truncated.map { .bool($0) }
        result["omitted"] = listing.omitted.map { .integer(Int64($0)) }
        return ToolOutput(
            result,
            account:
                "\(listing.entries.count) entries of \(listing.path); they are in the structured content."
        )
    }
}
