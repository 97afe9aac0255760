// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox
internal import Glibc
internal import Synchronization

/// Keeps the full texts of long outputs in the workspace, under `.cmcp/output/`, up to a total size.
///
/// The workspace is the child's to change at any moment, so every step goes beneath its descriptor without
/// following links, and a folder that is not one means that nothing is saved.
final class OutputStore: Sendable {
    static let folder = [".cmcp", "output"]

    private let workspace: RootDirectory
    private let totalLimit: Int64
    private let counter = Mutex<UInt64>(0)

    init(workspace: RootDirectory, totalLimit: Int64 = 64 << 20) {
        self.workspace = workspace
        self.totalLimit = totalLimit
    }

    /// A place for the texts of one call.
    func reserve() -> SavedOutput {
        let number = counter.withLock { value in
            value &+= 1
            return value
        }
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        // The time keeps the names of one server start apart from those of the next.
        return SavedOutput(store: self, name: "\(now.tv_sec)-\(number)")
    }

    /// Makes room, then a new file.
    func open(_ name: String, reserving bytes: Int64) -> Int32? {
        do throws(FileFailure) {
            try workspace.makeFolders(Self.folder)
            makeRoom(for: bytes)
            return try workspace.create(Self.folder + [name])
        } catch {
            // Without a place for it the text is cut, as it would be without this store.
            return nil
        }
    }

    /// Deletes the oldest texts until there is room.
    private func makeRoom(for bytes: Int64) {
        // A folder that can't be listed leaves the quota of the workspace as the only bound.
        guard let entries = try? workspace.list(Self.folder, limit: 10_000).entries else { return }
        var files: [(path: [String], modified: Int64, size: Int64)] = []
        for entry in entries {
            let path = Self.folder + [entry.name.repairedText]
            // One that is gone meanwhile needs no room.
            guard let info = try? workspace.info(at: path), info.kind == .file else { continue }
            files.append((path, info.modified, info.size))
        }
        files.sort { ($0.modified, $0.path.last ?? "") < ($1.modified, $1.path.last ?? "") }
        var total = files.reduce(Int64(0)) { $0 + $1.size }
        var count = files.count
        for file in files {
            guard total + bytes > totalLimit || count >= 1000 else { return }
            // One that can't be deleted stays; the quota of the workspace still holds.
            try? workspace.delete(file.path) { _, kind in kind == .file }
            total -= file.size
            count -= 1
        }
    }
}
