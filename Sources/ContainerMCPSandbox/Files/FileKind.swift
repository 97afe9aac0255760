// SPDX-License-Identifier: Apache-2.0

/// What an entry of a folder is.
public enum FileKind: Hashable, Sendable {
    /// A regular file.
    case file
    /// A folder.
    case folder
    /// A symbolic link, whatever it points to.
    case link
    /// A pipe, socket or device.
    case special

    /// Reads the kind from the mode bits of stat(2).
    init(mode: UInt32) {
        switch mode & 0o170000 {
        case 0o100000: self = .file
        case 0o040000: self = .folder
        case 0o120000: self = .link
        default: self = .special
        }
    }

    /// Reads the kind from the d_type of getdents64(2); nil where the file system does not say.
    init?(directoryEntryType type: UInt8) {
        switch type {
        case 0: return nil
        case 8: self = .file
        case 4: self = .folder
        case 10: self = .link
        default: self = .special
        }
    }
}
