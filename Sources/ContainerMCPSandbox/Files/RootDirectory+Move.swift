// SPDX-License-Identifier: Apache-2.0

import CContainerMCPLinux
import Glibc

extension RootDirectory {
    /// Moves a file or a folder to another name beneath the same root.
    ///
    /// - Parameters:
    ///   - source: The way down to the entry.
    ///   - destination: The way down to its new name; the folders must exist.
    ///   - replacing: Whether a regular file may take the place of a regular file. Folders are never
    ///     replaced.
    ///   - limits: The bounds of the look through a folder before it is moved.
    ///   - allowing: Sees both names of a file, or every entry inside a folder; false refuses the move.
    /// - Throws: ``FileFailure``; `tooMany` if a folder is too large to be looked through.
    public func move(
        _ source: [String],
        to destination: [String],
        replacing: Bool = false,
        limits: WalkLimits,
        allowing: (EntryName, FileKind) -> Bool
    ) throws(FileFailure) {
        let from = try EntryName.names(source)
        let to = try EntryName.names(destination)
        guard let oldName = from.last, let newName = to.last else { throw .isRoot }
        let oldParent = try openParent(of: from)
        let info = try oldParent.info(of: oldName)
        if info.kind == .folder {
            guard !(to.count > from.count && Array(to.prefix(from.count)) == from) else { throw .intoItself }
            try checkInside(source, limits: limits, allowing: allowing)
        } else {
            try info.requirePlainFile()
            for name in [oldName, newName] where !allowing(name, .file) {
                throw .refusedInside(name: name.repairedText)
            }
        }

        let newParent = try openParent(of: to)
        let replaces = replacing && info.kind == .file
        do throws(FileFailure) {
            let target = try newParent.info(of: newName)
            guard replaces else { throw .exists }
            try target.requirePlainFile()
            guard target.identity != info.identity else { return }
        } catch .notFound {}
        let answer = unsafe cmcp_file_rename(
            oldParent.number,
            oldName.terminated,
            newParent.number,
            newName.terminated,
            replaces ? 1 : 0
        )
        if answer == -EINVAL { throw .intoItself }
        try FileFailure.checked(answer)
    }

    private func checkInside(
        _ components: [String],
        limits: WalkLimits,
        allowing: (EntryName, FileKind) -> Bool
    ) throws(FileFailure) {
        var refused: String?
        let end = try walk(from: components, state: (), limits: limits) { entry, _ in
            guard allowing(entry.name, entry.kind) else {
                refused = entry.name.repairedText
                return .stop
            }
            return .enter(())
        }
        if let refused { throw .refusedInside(name: refused) }
        // What could not be looked at could hold anything.
        guard !end.isCut else { throw .tooMany }
        guard end.unreadable == 0 else { throw .notPermitted }
    }
}
