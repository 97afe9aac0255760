// SPDX-License-Identifier: Apache-2.0

/// The answer of `file_read`.
public struct FileText: Sendable, Equatable, Encodable {
    /// The text, or the bytes as base64.
    public let content: String
    /// The size of the whole file in bytes.
    public let size: Int64
    /// When the content last changed: ISO 8601, UTC, to the second.
    public let modified: String
    /// Always true.
    public let success = true
    /// The number of lines of the whole file, or with base64 of bytes; where `offset` or `limit` was asked
    /// for.
    public var totalLines: Int?
    /// Whether something follows what is in the answer; where `offset` or `limit` was asked for.
    public var truncated: Bool?
    /// The `offset` that goes on after this answer; where something follows.
    public var nextOffset: Int?

    enum CodingKeys: String, CodingKey {
        case content, size, modified, success, truncated
        case totalLines = "total_lines"
        case nextOffset = "next_offset"
    }
}
