// SPDX-License-Identifier: Apache-2.0

import Glibc

extension RootDirectory {
    /// Walks through a tree, folder by folder, without recursion and with one open folder at a time.
    ///
    /// Each folder is opened anew beneath the root, so a folder that is swapped for a link meanwhile is not
    /// followed; it counts as unreadable. Links and special files are shown, never opened.
    ///
    /// - Parameters:
    ///   - components: Where the walk starts.
    ///   - state: The visitor's state for the entries of the first folder.
    ///   - limits: The bounds of the walk.
    ///   - visit: Sees every entry with the state of its folder, and says whether to enter it.
    /// - Returns: How the walk ended.
    /// - Throws: ``FileFailure`` if the first folder can't be opened.
    public func walk<State>(
        from components: [String],
        state: State,
        limits: WalkLimits,
        visit: (WalkEntry, State) -> WalkStep<State>
    ) throws(FileFailure) -> WalkEnd {
        let start = try EntryName.names(components)
        var end = WalkEnd()
        var seen = 0
        var reader = FolderReader()
        var pending: [(folders: [EntryName], state: State)] = [([], state)]
        var isFirst = true
        while let next = pending.popLast() {
            do throws(FileFailure) {
                let opened = try open(start + next.folders, flags: O_RDONLY | O_DIRECTORY)
                reader.reset()
                isFirst = false
                while let entry = try reader.next(in: opened) {
                    guard seen < limits.entries, ContinuousClock.now < limits.deadline else {
                        end.isCut = true
                        return end
                    }
                    seen += 1
                    guard let kind = Self.kind(of: entry, in: opened) else { continue }
                    let found = WalkEntry(folders: next.folders, name: entry.name, kind: kind)
                    switch visit(found, next.state) {
                    case .next:
                        break
                    case .stop:
                        return end
                    case .enter(let inner):
                        guard kind == .folder else { break }
                        if next.folders.count + 1 < limits.levels {
                            pending.append((next.folders + [entry.name], inner))
                        } else {
                            end.isCut = true
                        }
                    }
                }
            } catch {
                if isFirst { throw error }
                end.unreadable += 1
            }
        }
        return end
    }

    /// The kind of an entry, asking the entry where the folder does not say; nil if it went away.
    static func kind(of entry: FolderEntry, in folder: borrowing OpenDescriptor) -> FileKind? {
        if let kind = entry.kind { return kind }
        // An entry that can't be asked is gone or on its way out; a listing goes on without it.
        return try? folder.info(of: entry.name).kind
    }
}
