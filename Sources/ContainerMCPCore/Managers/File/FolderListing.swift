// SPDX-License-Identifier: Apache-2.0

/// The answer of `file_list`.
public struct FolderListing: Sendable, Equatable, Encodable {
    /// One file or folder.
    public struct Entry: Sendable, Equatable, Encodable {
        /// The name.
        public let name: String
        /// The path, relative to the workspace.
        public let path: String
        /// Whether it is a folder.
        public let isDirectory: Bool
        /// The size in bytes; 0 for folders.
        public let size: Int64
        /// When the content last changed: ISO 8601, UTC, to the second.
        public let modified: String

        enum CodingKeys: String, CodingKey {
            case name, path, size, modified
            case isDirectory = "is_directory"
        }
    }

    /// The entries, sorted by path.
    ///
    /// Links, pipes, sockets, devices and names that no tool could be given are left out.
    public let entries: [Entry]
    /// The folder, relative to the workspace.
    public let path: String
    /// Always true.
    public let success = true
    /// What to send as `cursor` to go on; where entries are left.
    public var nextCursor: String?
    /// True where a limit of names, levels or time ended the search before its end.
    public var truncated: Bool?
    /// How many entries were left out because no tool could be given them; where there are any.
    public var omitted: Int?

    enum CodingKeys: String, CodingKey {
        case entries, path, success, truncated, omitted
        case nextCursor = "next_cursor"
    }
}
