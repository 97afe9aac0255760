// SPDX-License-Identifier: Apache-2.0

/// The device and number of a file, which tell it from every other file while it exists.
struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
}
