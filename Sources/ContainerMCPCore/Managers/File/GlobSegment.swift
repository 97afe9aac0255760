// SPDX-License-Identifier: Apache-2.0

/// One part of a pattern, between slashes.
enum GlobSegment: Sendable, Hashable {
    /// `**`: any number of folders, also none.
    case anyFolders
    /// A pattern for one name.
    case name(GlobName)

    init(_ part: [Unicode.Scalar]) {
        self = part == ["*", "*"] ? .anyFolders : .name(GlobName(part))
    }
}
