// SPDX-License-Identifier: Apache-2.0

import CContainerMCPLinux
import Glibc

extension RootDirectory {
    /// Adds a folder to an inotify instance, or gives the mask of one that is in it already a new value.
    ///
    /// The kernel takes a path only, and a path may lead through a link that was planted meanwhile. So the folder is
    /// opened beneath the root first, and what is named to the kernel is the open descriptor.
    ///
    /// - Parameters:
    ///   - components: The way down from the root; none for the root itself.
    ///   - instance: The descriptor of inotify_init1(2).
    ///   - mask: The events that are wanted.
    /// - Returns: The watch descriptor; the same for the same folder, whatever its name.
    /// - Throws: ``FileFailure``; `noSpace` where the user has no watch left.
    ///
    /// System calls: `inotify_add_watch(2)` on `/proc/self/fd/N`.
    public func watch(_ components: [String], with instance: Int32, mask: UInt32) throws(FileFailure) -> Int32
    {
        let opened = try open(EntryName.names(components), flags: CMCP_O_PATH | O_DIRECTORY)
        let wanted = mask | UInt32(IN_ONLYDIR)
        let answer = unsafe inotify_add_watch(instance, "/proc/self/fd/\(opened.number)", wanted)
        guard answer >= 0 else { throw FileFailure(errno: errno) }
        return answer
    }
}
