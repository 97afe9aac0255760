// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc

/// What the server's own process does for its safety at start.
public enum ServerProcess {
    /// Makes memory and descriptors of this process unreadable for others of the same user, forbids core files, and
    /// turns a write to a closed pipe, or beyond the size that files of the server may have, into an error instead of a
    /// signal.
    ///
    /// - Throws: ``SandboxError`` when the kernel refuses.
    public static func harden() throws(SandboxError) {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        guard cmcp_harden_process() == 0 else {
            throw SandboxError(
                .unavailable,
                "the server could not be hardened: \(SandboxError.errorText(errno))"
            )
        }
    }

    /// Gives memory that a rush took, and that nobody uses any more, back to the kernel; takes some milliseconds.
    ///
    /// The allocator would keep it, in pieces between what is still in use.
    public static func returnMemory() {
        cmcp_return_memory()
    }

    /// The current folder, or `/` where it is gone.
    public static func currentDirectory() -> String {
        guard let path = unsafe getcwd(nil, 0) else { return "/" }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    /// Makes a folder and those above it, where they are missing.
    ///
    /// - Parameters:
    ///   - path: An absolute path on the host.
    ///   - mode: Permissions of folders that are made, less the umask.
    ///   - owner: Who gets the last folder, if it was made or belongs to root; nil leaves it.
    /// - Throws: ``SandboxError`` with code `badConfiguration` that names the folder.
    public static func makeFolder(_ path: String, mode: UInt32, owner: ChildIdentity? = nil)
        throws(SandboxError)
    {
        var made = ""
        for component in path.split(separator: "/") {
            made += "/" + component
            guard unsafe mkdir(made, mode) == 0 || errno == EEXIST else {
                throw SandboxError(
                    .badConfiguration,
                    "the folder '\(made)' can't be made: \(SandboxError.errorText(errno))",
                )
            }
        }
        guard let folder = Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else {
            throw SandboxError(
                .badConfiguration,
                "'\(path)' is not a folder that can be used: \(SandboxError.errorText(errno))",
            )
        }
        var info = stat()
        guard let owner, owner.differs, unsafe fstat(folder.number, &info) == 0, info.st_uid == 0 else {
            return
        }
        guard fchown(folder.number, owner.user, owner.group) == 0 else {
            throw SandboxError(
                .badConfiguration,
                "'\(path)' can't be given to user id \(owner.user): \(SandboxError.errorText(errno))",
            )
        }
    }
}
