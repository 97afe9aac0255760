// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The user and group that children are, as the host sees them.
public struct ChildIdentity: Sendable, Equatable {
    /// The user id on the host; never 0.
    public let user: UInt32
    /// The group id on the host; never 0.
    public let group: UInt32
    /// Whether the server is somebody else, and so has to change to it.
    public let differs: Bool

    /// The id that children get when the server is root and the workspace belongs to root.
    ///
    /// It lies outside the ranges that Debian's policy and systemd give to accounts.
    public static let fallbackUser: UInt32 = 64_999

    /// Who children are: an ordinary user's own id; under root the owner of the workspace, if that is not root.
    ///
    /// - Parameter workspace: The sandbox root on the host.
    public init(workspace: String) {
        guard geteuid() == 0 else {
            user = geteuid()
            group = getegid()
            differs = false
            return
        }
        differs = true
        var info = stat()
        if unsafe lstat(workspace, &info) == 0, info.st_uid != 0, info.st_gid != 0 {
            user = info.st_uid
            group = info.st_gid
        } else {
            user = Self.fallbackUser
            group = Self.fallbackUser
        }
    }
}
