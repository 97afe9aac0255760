// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Tells what stands at a path, and whether it is still what it was, without opening it.
package struct FileVersion: Sendable, Equatable {
    private let device: UInt
    private let inode: UInt
    private let size: Int
    private let times: [Int]
    /// Whether something is there and can be looked at.
    package let exists: Bool
    /// Whether it is a Unix socket.
    package let isSocket: Bool
    /// Whether nothing is there, which is more than that it can't be looked at.
    package let isMissing: Bool

    /// Looks at what a path leads to.
    ///
    /// - Parameters:
    ///   - path: The path; where it does not begin with a slash, below `folder`.
    ///   - folder: A descriptor.
    ///   - followsLinks: Whether a link counts as what it leads to; mounted secrets are links.
    package init(_ path: String, in folder: Int32 = AT_FDCWD, followsLinks: Bool = true) {
        var status = stat()
        let result = unsafe fstatat(folder, path, &status, followsLinks ? 0 : AT_SYMLINK_NOFOLLOW)
        isMissing = result != 0 && errno == ENOENT
        exists = result == 0
        isSocket = result == 0 && status.st_mode & S_IFMT == S_IFSOCK
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        times = [
            status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        ]
    }

    /// Whether two looks saw one file, whatever became of its content and times.
    package func isSameFile(as other: FileVersion) -> Bool {
        exists && other.exists && device == other.device && inode == other.inode
    }
}
