// SPDX-License-Identifier: Apache-2.0

/// One entry that a walk came upon.
public struct WalkEntry: Sendable {
    /// The folders from the start of the walk down to the one that holds the entry.
    public let folders: [EntryName]
    /// The name of the entry.
    public let name: EntryName
    /// What the entry is.
    public let kind: FileKind
}
