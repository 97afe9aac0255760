// SPDX-License-Identifier: Apache-2.0

import CContainerMCPLinux
import Glibc

/// One count of a tree: a stack of folders that still have uncounted folders, and the folder it stands in.
struct UsageCount: ~Copyable {
    private struct Level {
        let name: EntryName?
        let identity: FileIdentity
        var pending: [EntryName]
    }

    private(set) var usage = RootUsage()
    private let root: RootDirectory
    private let maxBytes: Int64
    private let maxNames: Int
    private let deadline: ContinuousClock.Instant?
    private var levels: [Level] = []
    private var reader = FolderReader()

    init(root: RootDirectory, bytes: Int64, names: Int, deadline: ContinuousClock.Instant?) {
        self.root = root
        maxBytes = bytes
        maxNames = names
        self.deadline = deadline
    }

    mutating func run() throws(FileFailure) {
        var current = try root.open([EntryName](), flags: O_RDONLY | O_DIRECTORY)
        try enter(current, name: nil)
        while !usage.isCut, let top = levels.indices.last {
            if let name = levels[top].pending.popLast() {
                guard let child = openChild(name, in: current) else { continue }
                do throws(FileFailure) {
                    try enter(child, name: name)
                    current = child
                } catch {
                    usage.unreadable += 1
                }
            } else {
                levels.removeLast()
                guard let above = levels.last else { return }
                if let parent = try? RootDirectory.parent(of: current),
                    (try? parent.info().identity) == above.identity
                {
                    current = parent
                } else {
                    current = try climbDown()
                }
            }
        }
    }

    /// Counts the entries of a folder and makes it the top level.
    private mutating func enter(_ folder: borrowing OpenDescriptor, name: EntryName?) throws(FileFailure) {
        var level = Level(name: name, identity: try folder.info().identity, pending: [])
        reader.reset()
        while let entry = try reader.next(in: folder) {
            guard let info = info(of: entry.name, in: folder) else { continue }
            let size = max(info.size, info.allocated)
            let (sum, overflow) = usage.bytes.addingReportingOverflow(size)
            usage.bytes = overflow ? .max : sum
            usage.names += 1
            if usage.bytes > maxBytes || usage.names > maxNames || isLate {
                usage.isCut = true
                return
            }
            if info.kind == .folder { level.pending.append(entry.name) }
        }
        levels.append(level)
    }

    /// Asks about an entry; nil if it is gone (then it holds nothing) or can't be asked (then that is noted).
    private mutating func info(of name: EntryName, in folder: borrowing OpenDescriptor) -> FileInfo? {
        for isSecondTry in [false, true] {
            do throws(FileFailure) {
                return try folder.info(of: name)
            } catch .notFound {
                return nil
            } catch .notPermitted {
                // A folder that may be read but not searched gives its names away and not their sizes.
                guard !isSecondTry, cmcp_file_allow_owner(folder.number) == 0 else { break }
            } catch {
                break
            }
        }
        usage.unreadable += 1
        return nil
    }

    private var isLate: Bool {
        guard let deadline else { return false }
        return usage.names & 63 == 0 && ContinuousClock.now >= deadline
    }

    /// Opens a folder for reading; nil if it is gone (then it holds nothing) or can't be read (then that is
    /// noted).
    private mutating func openChild(
        _ name: EntryName,
        in parent: borrowing OpenDescriptor
    ) -> OpenDescriptor? {
        let one = CollectionOfOne(name)
        for isSecondTry in [false, true] {
            do throws(FileFailure) {
                return try root.open(one, beneath: parent, flags: O_RDONLY | O_DIRECTORY)
            } catch .notFound, .notFolder, .linkRefused {
                return nil
            } catch .notPermitted {
                // Hidden by chmod: code in the sandbox must not get around its quota like that.
                guard !isSecondTry, let closed = try? root.open(one, beneath: parent),
                    cmcp_file_allow_owner(closed.number) == 0
                else { break }
            } catch {
                break
            }
        }
        usage.unreadable += 1
        return nil
    }

    /// Finds the way back to the deepest level that is still where it was, after a folder on the way was
    /// moved.
    ///
    /// Levels below it are given up, each as unreadable.
    private mutating func climbDown() throws(FileFailure) -> OpenDescriptor {
        var current = try root.open([EntryName]())
        var depth = 1
        while depth < levels.count, let name = levels[depth].name,
            let next = try? root.open(CollectionOfOne(name), beneath: current),
            (try? next.info().identity) == levels[depth].identity
        {
            current = next
            depth += 1
        }
        usage.unreadable += levels.count - depth
        levels.removeLast(levels.count - depth)
        return current
    }
}
