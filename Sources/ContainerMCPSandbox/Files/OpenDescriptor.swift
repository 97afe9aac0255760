// SPDX-License-Identifier: Apache-2.0

import CContainerMCPLinux
import Glibc

/// A file descriptor that is closed when its one owner lets it go.
struct OpenDescriptor: ~Copyable, Sendable {
    let number: Int32

    /// Takes over a descriptor.
    init(adopting number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// Asks about the open file.
    func info() throws(FileFailure) -> FileInfo {
        var raw = cmcp_file_info()
        try FileFailure.checked(unsafe cmcp_file_info_of(number, &raw))
        return FileInfo(raw)
    }

    /// Asks about an entry of this folder; about a link itself, not its target.
    func info(of name: EntryName) throws(FileFailure) -> FileInfo {
        var raw = cmcp_file_info()
        try FileFailure.checked(unsafe cmcp_file_info_at(number, name.terminated, &raw))
        return FileInfo(raw)
    }
}
