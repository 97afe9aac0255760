// SPDX-License-Identifier: Apache-2.0

/// The answer of `file_move`.
public struct FileMoved: Sendable, Equatable, Encodable {
    /// Always true.
    public let success = true
    /// The old name, relative to the workspace.
    public let source: String
    /// The new name, relative to the workspace.
    public let destination: String

    enum CodingKeys: String, CodingKey {
        case success, source, destination
    }
}
