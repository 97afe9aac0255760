// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox

/// The words for what can go wrong with files: a fixed set, with the path as the caller sent it and nothing
/// of the host.
enum FileErrors {
    /// Says what failed at a path.
    ///
    /// - Parameters:
    ///   - failure: What the sandbox reported.
    ///   - path: The path that the caller sent.
    /// - Returns: The error for the caller.
    static func error(for failure: FileFailure, at path: SandboxPath) -> ToolError {
        let name = "'\(path.shown)'"
        switch failure {
        case .notFound:
            return ToolError(.notFound, "\(name) does not exist.")
        case .notFolder:
            return ToolError(.invalidArgument, "\(name) is not a folder, or a part of its path is not.")
        case .isFolder:
            return ToolError(.invalidArgument, "\(name) is a folder; name a file, or use file_list.")
        case .notRegular:
            return ToolError(
                .denied,
                "\(name) is not a regular file; pipes, sockets and devices are refused."
            )
        case .linkRefused:
            return ToolError(.denied, "\(name) is or goes through a symbolic link; links are refused.")
        case .severalNames:
            return ToolError(.denied, "\(name) has several names (hard links); such files are refused.")
        case .outside:
            return ToolError(.denied, "\(name) leads out of its tree.")
        case .tooLarge:
            return ToolError(.limitExceeded, "\(name) is larger than the limit for files.")
        case .noSpace:
            return ToolError(
                .limitExceeded,
                "There is no space left on the disk for \(name); nothing was changed. Delete something, then try again."
            )
        case .exists:
            return ToolError(
                .alreadyExists,
                "\(name) exists already; delete it first or choose another name."
            )
        case .notEmpty:
            return ToolError(
                .invalidArgument,
                "\(name) is a folder that is not empty; delete what it holds first."
            )
        case .notPermitted:
            return ToolError(.denied, "\(name) can't be accessed: its permissions do not allow it.")
        case .badName:
            return ToolError(.invalidArgument, "\(name) is too long or has a name that no file can have.")
        case .intoItself:
            return ToolError(.invalidArgument, "\(name) can't be moved into itself.")
        case .isRoot:
            return ToolError(
                .denied,
                "\(name) is the root of the tree; it can't be written, moved or deleted."
            )
        case .refusedInside(let inner):
            return ToolError(
                .denied,
                "\(name) can't be moved: '\(ShownText(inner))' is a link, or has an ending that isn't allowed."
            )
        case .tooMany:
            return ToolError(
                .limitExceeded,
                "\(name) holds too much to be checked in one call; move its parts."
            )
        case .changed:
            return ToolError(.internalFailure, "\(name) was changed by someone else meanwhile; try again.")
        case .other(let number):
            return ToolError(.internalFailure, "\(name) can't be accessed.", cause: "errno \(number)")
        }
    }

    /// Says why no thread took the work.
    static func error(for refusal: BlockingThreadsRefusal) -> ToolError {
        switch refusal {
        case .busy: ToolError(.busy, "All places for file work are taken; try again in a moment.")
        case .cancelled: ToolError(.cancelled, "The call was cancelled before it began.")
        case .shutDown: ToolError(.cancelled, "The server is stopping.")
        }
    }
}
