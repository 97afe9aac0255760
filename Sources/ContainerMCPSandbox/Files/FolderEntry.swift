// SPDX-License-Identifier: Apache-2.0

/// One entry of a folder, as the folder itself holds it.
public struct FolderEntry: Hashable, Sendable {
    /// The name.
    public let name: EntryName
    /// What the entry is; nil where only asking the entry would tell.
    public let kind: FileKind?
}
