// SPDX-License-Identifier: Apache-2.0

import CContainerMCPLinux

/// What the kernel says about one entry, never about the target of a link.
public struct FileInfo: Hashable, Sendable {
    /// What the entry is.
    public let kind: FileKind
    /// Permission bits, with set-id and sticky bits.
    public let permissions: UInt32
    /// Length in bytes; negative never.
    public let size: Int64
    /// Bytes allocated on the device; below ``size`` for sparse files.
    public let allocated: Int64
    /// Last change of the content, in seconds since 1970 (UTC).
    public let modified: Int64
    /// How many names the file has.
    public let linkCount: UInt32
    /// The user id of the owner.
    public let user: UInt32
    /// What tells this file from every other while it exists.
    let identity: FileIdentity

    /// Reads the C form.
    init(_ info: cmcp_file_info) {
        kind = FileKind(mode: info.mode)
        permissions = info.mode & 0o7777
        size = max(0, info.size)
        allocated = max(0, info.allocated)
        modified = info.modified
        linkCount = info.links
        user = info.user
        identity = FileIdentity(device: info.device, inode: info.inode)
    }

    /// Throws unless this is a regular file with one name.
    ///
    /// A second name may lie outside the root (a planted hard link), so such a file is not touched.
    func requirePlainFile() throws(FileFailure) {
        switch kind {
        case .file: break
        case .folder: throw .isFolder
        case .link: throw .linkRefused
        case .special: throw .notRegular
        }
        guard linkCount <= 1 else { throw .severalNames }
    }
}
