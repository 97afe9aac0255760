// SPDX-License-Identifier: Apache-2.0

/// Why a folder can't be a root.
public enum RootFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is `/`.
    case filesystemRoot
    /// It is a symbolic link.
    case link
    /// It is not a folder.
    case notFolder
    /// It does not exist.
    case notFound
    /// It can't be opened.
    case other(FileFailure)

    /// The reason in words, to follow the name of the setting; without the path.
    public var description: String {
        switch self {
        case .filesystemRoot: "is the root of the file system; name a folder of its own"
        case .link: "is a symbolic link; name the folder itself"
        case .notFolder: "is not a folder"
        case .notFound: "does not exist"
        case .other(.notPermitted): "can't be opened: permission denied"
        case .other: "can't be opened"
        }
    }
}
