// SPDX-License-Identifier: Apache-2.0

/// What the file tools may do.
public struct FileSettings: Sendable, Equatable {
    /// `FILE_MAX_SIZE_MB`, in bytes.
    public var maximumBytes: Int
    /// `FILE_ALLOWED_EXTENSIONS`: lower case, without the dot; empty allows none.
    public var allowedExtensions: [String]
}
