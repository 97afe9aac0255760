// SPDX-License-Identifier: Apache-2.0

/// The wish to read a file.
public struct ReadFile: Sendable, Equatable {
    /// The file.
    public let path: SandboxPath
    /// How its bytes become text.
    public let encoding: TextEncoding
    /// The first line that is wanted, from 1; with ``TextEncoding/base64`` the first byte, from 1.
    public let offset: Int?
    /// The most lines that are wanted, from 1; with ``TextEncoding/base64`` the most bytes.
    public let limit: Int?

    /// Reads the arguments of `file_read`.
    ///
    /// - Parameters:
    ///   - path: See ``SandboxPath/init(parsing:)``.
    ///   - encoding: See ``TextEncoding/init(parsing:)``; nil is utf-8.
    ///   - offset: The first line, or with base64 the first byte; from 1.
    ///   - limit: The most lines, or with base64 the most bytes; from 1.
    /// - Throws: ``ToolError`` with code `invalidArgument`.
    public init(path: String, encoding: String? = nil, offset: Int? = nil, limit: Int? = nil)
        throws(ToolError)
    {
        self.path = try SandboxPath(parsing: path)
        self.encoding = try TextEncoding(parsing: encoding ?? "utf-8")
        if let offset, offset < 1 { throw ToolError(.invalidArgument, "'offset' must be 1 or more.") }
        if let limit, limit < 1 { throw ToolError(.invalidArgument, "'limit' must be 1 or more.") }
        self.offset = offset
        self.limit = limit
    }
}

/// The wish to write a file whole, new or in place of what has the name.
public struct WriteFile: Sendable, Equatable {
    /// The file.
    public let path: SandboxPath
    /// The text, or with ``TextEncoding/base64`` the bytes in that form.
    public let content: String
    /// How the text becomes bytes.
    public let encoding: TextEncoding

    /// Reads the arguments of `file_write`.
    ///
    /// - Parameters:
    ///   - path: See ``SandboxPath/init(parsing:)``.
    ///   - content: The text; line endings stay as they are.
    ///   - encoding: See ``TextEncoding/init(parsing:)``; nil is utf-8.
    /// - Throws: ``ToolError`` with code `invalidArgument`.
    public init(path: String, content: String, encoding: String? = nil) throws(ToolError) {
        self.path = try SandboxPath(parsing: path)
        self.content = content
        self.encoding = try TextEncoding(parsing: encoding ?? "utf-8")
    }
}

/// The wish to list a folder.
public struct ListFolder: Sendable, Equatable {
    /// The folder.
    public let path: SandboxPath
    /// What the entries must match; nil is every entry of the one folder.
    public let pattern: GlobPattern?
    /// The most entries that are wanted, 1 to 10,000.
    public let limit: Int
    /// Where an earlier listing ended.
    public let cursor: String?

    /// Reads the arguments of `file_list`.
    ///
    /// - Parameters:
    ///   - path: See ``SandboxPath/init(parsing:)``; nil is the workspace.
    ///   - pattern: See ``GlobPattern/init(parsing:)``.
    ///   - limit: 1 to 10,000; nil is 1,000.
    ///   - cursor: The `next_cursor` of an earlier answer to the same path and pattern.
    /// - Throws: ``ToolError`` with code `invalidArgument`.
    public init(
        path: String? = nil,
        pattern: String? = nil,
        limit: Int? = nil,
        cursor: String? = nil
    ) throws(ToolError) {
        self.path = try SandboxPath(parsing: path ?? "/")
        if let pattern, !pattern.isEmpty {
            self.pattern = try GlobPattern(parsing: pattern)
        } else {
            self.pattern = nil
        }
        guard (1...10_000).contains(limit ?? 1_000) else {
            throw ToolError(.invalidArgument, "'limit' must be 1 to 10000.")
        }
        self.limit = limit ?? 1_000
        self.cursor = cursor
    }
}

/// The wish to delete a file or an empty folder.
public struct DeleteFile: Sendable, Equatable {
    /// The file or folder.
    public let path: SandboxPath

    /// Reads the argument of `file_delete`.
    ///
    /// - Parameter path: See ``SandboxPath/init(parsing:)``.
    /// - Throws: ``ToolError`` with code `invalidArgument`.
    public init(path: String) throws(ToolError) {
        self.path = try SandboxPath(parsing: path)
    }
}

/// The wish to move a file or a folder to another name.
public struct MoveFile: Sendable, Equatable {
    /// What is moved.
    public let source: SandboxPath
    /// Its new name.
    public let destination: SandboxPath
    /// Whether a file may take the place of a file.
    public let overwrite: Bool

    /// Reads the arguments of `file_move`.
    ///
    /// - Parameters:
    ///   - source: See ``SandboxPath/init(parsing:)``.
    ///   - destination: The new name itself, not the folder to move into.
    ///   - overwrite: Whether a file may take the place of a file.
    /// - Throws: ``ToolError`` with code `invalidArgument`.
    public init(source: String, destination: String, overwrite: Bool = false) throws(ToolError) {
        self.source = try SandboxPath(parsing: source)
        self.destination = try SandboxPath(parsing: destination)
        self.overwrite = overwrite
    }
}
