// SPDX-License-Identifier: Apache-2.0

/// The answer of `file_write`.
public struct FileWritten: Sendable, Equatable, Encodable {
    /// Always true.
    public let success = true
    /// The file, relative to the workspace.
    public let path: String
    /// The size of the file in bytes.
    public let size: Int64

    enum CodingKeys: String, CodingKey {
        case success, path, size
    }
}
