// SPDX-License-Identifier: Apache-2.0

/// The bytes of a file and what was known about it when it was opened.
public struct FileContent: Hashable, Sendable {
    /// All bytes of the file.
    public let bytes: [UInt8]
    /// The state of the file when it was opened.
    public let info: FileInfo
}
