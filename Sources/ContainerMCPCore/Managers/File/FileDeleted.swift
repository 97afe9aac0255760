// SPDX-License-Identifier: Apache-2.0

/// The answer of `file_delete`.
public struct FileDeleted: Sendable, Equatable, Encodable {
    /// Always true.
    public let success = true
    /// What was deleted, relative to the workspace.
    public let path: String

    enum CodingKeys: String, CodingKey {
        case success, path
    }
}
