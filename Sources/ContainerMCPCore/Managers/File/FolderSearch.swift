// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox

/// One listing: a bounded walk that gathers the names that match, and one page of them with sizes and times.
struct FolderSearch {
    let root: RootDirectory
    let listing: ListFolder
    let limits: FileLimits

    private struct Found {
        let path: String
        let names: [String]
    }

    /// The most bytes of paths in one page; the rest is left to the next.
    private static let maxPageBytes = 8 << 20

    /// Lists.
    ///
    /// Blocks.
    func run() throws(ToolError) -> FolderListing {
        let cursor = try FolderCursor(of: listing)
        var found: [Found] = []
        var omitted = 0
        let end: WalkEnd
        do throws(FileFailure) {
            end = try root.walk(
                from: listing.path.components,
                state: listing.pattern?.start,
                limits: WalkLimits(entries: limits.maxNames, levels: limits.maxLevels, time: limits.maxTime)
            ) { entry, state in
                visit(entry, state, after: cursor?.last, found: &found, omitted: &omitted)
            }
        } catch {
            throw FileErrors.error(for: error, at: listing.path)
        }
        found.sort { $0.path < $1.path }

        var entries: [FolderListing.Entry] = []
        var bytes = 0
        var last: Found?
        var isFull = false
        for candidate in found {
            guard entries.count < listing.limit, bytes < Self.maxPageBytes else {
                isFull = true
                break
            }
            last = candidate
            bytes += 2 * candidate.path.utf8.count
            // An entry that went away since is not an error of the listing.
            guard let entry = entry(for: candidate) else { continue }
            entries.append(entry)
        }
        var result = FolderListing(entries: entries, path: listing.path.description)
        if isFull, let last { result.nextCursor = FolderCursor(last: last.path, listing: listing).text }
        if end.isCut { result.truncated = true }
        if omitted + end.unreadable > 0 { result.omitted = omitted + end.unreadable }
        return result
    }

    private func visit(
        _ entry: WalkEntry,
        _ state: GlobPattern.State?,
        after last: String?,
        found: inout [Found],
        omitted: inout Int
    ) -> WalkStep<GlobPattern.State?> {
        guard let name = entry.name.text, NameRules.isNameable(name),
            entry.kind == .file || entry.kind == .folder
        else {
            omitted += 1
            return .next
        }
        if RootDirectory.isTemporaryName(name) { return .next }
        var names = entry.folders.map(\.repairedText)
        names.append(name)
        if listing.path.appending(names).isReserved { return .next }
        let next = state.flatMap { listing.pattern?.advanced($0, by: name) }
        if next?.isMatch ?? true {
            let path = names.joined(separator: "/")
            if last.map({ $0 < path }) ?? true { found.append(Found(path: path, names: names)) }
        }
        // Without a pattern it is one folder only.
        guard entry.kind == .folder, let next, !next.isDead else { return .next }
        return .enter(next)
    }

    private func entry(for found: Found) -> FolderListing.Entry? {
        let path = listing.path.appending(found.names)
        // Unreadable, gone, or changed into a link: one odd entry never breaks a listing.
        guard let info = try? root.info(at: path.components), let name = found.names.last else { return nil }
        guard info.kind == .file || info.kind == .folder else { return nil }
        return FolderListing.Entry(
            name: name,
            path: path.description,
            isDirectory: info.kind == .folder,
            size: info.kind == .folder ? 0 : info.size,
            modified: Timestamp(secondsSince1970: info.modified).description
        )
    }
}
