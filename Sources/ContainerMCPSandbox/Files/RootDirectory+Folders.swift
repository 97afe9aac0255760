// SPDX-License-Identifier: Apache-2.0

import CContainerMCPLinux
import Glibc

extension RootDirectory {
    /// Makes a folder and those above it that are missing, and gives the new ones to the owner.
    ///
    /// - Parameter components: The way down from the root.
    /// - Throws: ``FileFailure``.
    public func makeFolders(_ components: [String]) throws(FileFailure) {
        let names = try EntryName.names(components)
        // Nearly always the folder is there.
        do {
            _ = try open(names)
            return
        } catch .notFound {}
        var current = try open([EntryName]())
        for name in names {
            current = try enterOrMake(name, in: current)
        }
    }

    private func enterOrMake(
        _ name: EntryName,
        in parent: borrowing OpenDescriptor
    ) throws(FileFailure) -> OpenDescriptor {
        do {
            return try open(CollectionOfOne(name), beneath: parent)
        } catch .notFound {}
        if unsafe mkdirat(parent.number, name.terminated, 0o755) != 0 {
            // Another writer was first.
            guard errno == EEXIST else { throw FileFailure(errno: errno) }
            return try open(CollectionOfOne(name), beneath: parent)
        }
        let made = try open(CollectionOfOne(name), beneath: parent, flags: O_RDONLY | O_DIRECTORY)
        try handOver(made)
        return made
    }

    /// Deletes a file with one name, or an empty folder.
    ///
    /// - Parameters:
    ///   - components: The way down from the root; the root itself is never deleted.
    ///   - allowing: Sees the name and what it is; false refuses the deletion.
    /// - Throws: ``FileFailure``; `refusedInside` if `allowing` said no.
    public func delete(
        _ components: [String],
        allowing: (EntryName, FileKind) -> Bool = { _, _ in true }
    ) throws(FileFailure) {
        let names = try EntryName.names(components)
        guard let name = names.last else { throw .isRoot }
        let parent = try openParent(of: names)
        let info = try parent.info(of: name)
        let flags: Int32
        if info.kind == .folder {
            flags = AT_REMOVEDIR
        } else {
            try info.requirePlainFile()
            flags = 0
        }
        guard allowing(name, info.kind) else { throw .refusedInside(name: name.repairedText) }
        guard unsafe unlinkat(parent.number, name.terminated, flags) == 0 else {
            throw FileFailure(errno: errno)
        }
    }

    /// Lists the entries of a folder, in no order.
    ///
    /// - Parameters:
    ///   - components: The way down from the root.
    ///   - limit: The most entries that are read.
    /// - Returns: The entries, and whether they are all.
    /// - Throws: ``FileFailure``.
    public func list(
        _ components: [String],
        limit: Int
    ) throws(FileFailure) -> (entries: [FolderEntry], isComplete: Bool) {
        let opened = try open(EntryName.names(components), flags: O_RDONLY | O_DIRECTORY)
        var reader = FolderReader()
        var entries: [FolderEntry] = []
        while let entry = try reader.next(in: opened) {
            guard entries.count < limit else { return (entries, false) }
            entries.append(entry)
        }
        return (entries, true)
    }
}
