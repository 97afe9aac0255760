// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Which file a descriptor stands for, whatever its name is now.
struct FileIdentity: Sendable, Equatable {
    let device: UInt
    let inode: UInt

    init(_ status: stat) {
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
    }

    init?(of descriptor: Int32) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }
}
