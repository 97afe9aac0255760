// SPDX-License-Identifier: Apache-2.0

/// The user and group that new files and folders are handed to.
///
/// A server that runs as root gives what it writes to the user that its children run as.
public struct FileOwner: Hashable, Sendable {
    /// The user id.
    public let user: UInt32
    /// The group id.
    public let group: UInt32

    /// Makes an owner from its two ids.
    public init(user: UInt32, group: UInt32) {
        self.user = user
        self.group = group
    }
}
