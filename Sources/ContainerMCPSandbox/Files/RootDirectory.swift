// SPDX-License-Identifier: Apache-2.0

import CContainerMCPLinux
import Glibc

/// A folder that is held open, with every access confined beneath it.
///
/// No decision on a path is followed by a second use of that path: each operation opens what it works on
/// beneath the descriptor of the root, following no link, magic link or mount, and checks what was opened. So
/// it does not matter what hostile code plants or swaps in the tree meanwhile. All operations but
/// ``readCached(_:limit:)`` block; choose the thread accordingly.
///
/// System calls: `openat2(2)` (Linux 5.6), else `openat(2)` for each component with `O_NOFOLLOW`.
public final class RootDirectory: Sendable {
    /// How paths below the root are resolved.
    public enum Resolution: Sendable {
        /// One `openat2(2)`, and step by step where the kernel or a filter does not offer it.
        case automatic
        /// Always step by step.
        case stepwise
    }

    /// Who gets what is created; nil leaves it to the server's own user.
    public let owner: FileOwner?

    let folder: OpenDescriptor
    private let stepwise: Int32
    /// Whether files may be opened here on a thread that must not wait.
    let isOnLocalDisk: Bool

    /// Opens a root.
    ///
    /// - Parameters:
    ///   - path: The folder on the host.
    ///   - owner: Who gets what is created; nil leaves it to the server's own user.
    ///   - resolution: How paths below the root are resolved.
    /// - Throws: ``RootFailure`` for `/`, a link, something else than a folder, or a folder that can't be
    ///   opened.
    public init(
        path: String,
        owner: FileOwner? = nil,
        resolution: Resolution = .automatic
    ) throws(RootFailure) {
        // With a slash at its end the name of a link stands for the target.
        var bytes = Array(path.utf8)
        while bytes.count > 1, bytes.last == 0x2F { bytes.removeLast() }
        guard !bytes.isEmpty, bytes.count < 4_096, !bytes.contains(0) else { throw .other(.badName) }
        let trimmed = String(decoding: bytes, as: UTF8.self)

        let number = unsafe Glibc.open(trimmed, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else {
            let reason = errno
            throw RootDirectory.failure(opening: trimmed, errno: reason)
        }
        folder = OpenDescriptor(adopting: number)
        self.owner = owner
        stepwise = resolution == .stepwise ? 1 : 0
        isOnLocalDisk = stepwise == 0 && cmcp_file_is_on_local_disk(number) != 0

        var top = cmcp_file_info()
        do {
            try FileFailure.checked(unsafe cmcp_file_info_at(AT_FDCWD, "/", &top))
            guard try folder.info().identity != FileInfo(top).identity else {
                throw RootFailure.filesystemRoot
            }
        } catch let failure as RootFailure {
            throw failure
        } catch let failure as FileFailure {
            throw .other(failure)
        } catch {
            throw .other(.changed)
        }
    }

    private init(_ folder: consuming OpenDescriptor, owner: FileOwner?, stepwise: Int32) {
        self.folder = folder
        self.owner = owner
        self.stepwise = stepwise
        isOnLocalDisk = stepwise == 0 && cmcp_file_is_on_local_disk(self.folder.number) != 0
    }

    /// Opens a folder beneath this root as a root of its own.
    ///
    /// - Parameters:
    ///   - components: The way down from this root.
    ///   - owner: Who gets what is created there; nil leaves it to the server's own user.
    /// - Returns: The root.
    /// - Throws: ``FileFailure``.
    public func opened(_ components: [String], owner: FileOwner? = nil) throws(FileFailure) -> RootDirectory {
        let folder = try open(EntryName.names(components), flags: O_RDONLY | O_DIRECTORY)
        return RootDirectory(folder, owner: owner, stepwise: stepwise)
    }

    /// Makes a root that stands for no folder, so that every access beneath it fails.
    ///
    /// It serves tools that are described and never called.
    public init() {
        folder = OpenDescriptor(adopting: -1)
        owner = nil
        stepwise = 0
        isOnLocalDisk = false
    }

    private static func failure(opening path: String, errno number: Int32) -> RootFailure {
        var raw = cmcp_file_info()
        if unsafe cmcp_file_info_at(AT_FDCWD, path, &raw) == 0, FileKind(mode: raw.mode) == .link {
            return .link
        }
        switch number {
        case ELOOP: return .link
        case ENOENT: return .notFound
        case ENOTDIR: return .notFolder
        default: return .other(FileFailure(errno: number))
        }
    }

    /// The descriptor of the root, for handing to a child; valid as long as this object is.
    public var descriptor: Int32 { folder.number }

    /// What the kernel says about the root itself.
    public func info() throws(FileFailure) -> FileInfo {
        try folder.info()
    }

    /// Tells whether this root is another root or lies inside it.
    ///
    /// - Throws: ``FileFailure`` if a folder on the way up can't be looked at.
    public func isInside(_ other: RootDirectory) throws(FileFailure) -> Bool {
        let wanted = try other.folder.info().identity
        var current = try open([EntryName]())
        var last: FileIdentity?
        // The path of a folder has at most 4,096 bytes when it was opened by one call, so fewer than 4,096
        // levels.
        for _ in 0..<4_096 {
            let here = try current.info().identity
            if here == wanted { return true }
            if here == last { return false }
            last = here
            current = try RootDirectory.parent(of: current)
        }
        throw .tooMany
    }

    /// Opens the folder above an open folder.
    ///
    /// The answer may lie anywhere, so the caller must check its identity.
    static func parent(of folder: borrowing OpenDescriptor) throws(FileFailure) -> OpenDescriptor {
        let number = unsafe openat(folder.number, "..", CMCP_O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw FileFailure(errno: errno) }
        return OpenDescriptor(adopting: number)
    }

    /// Opens something beneath the root.
    ///
    /// - Parameters:
    ///   - names: The way down; none for the root.
    ///   - flags: Flags of open(2); close-on-exec, non-blocking and no-terminal are always added.
    ///   - mode: Permission bits of a file that is created, before the umask.
    /// - Returns: The open descriptor.
    /// - Throws: ``FileFailure``.
    func open(
        _ names: some Collection<EntryName>,
        flags: Int32 = CMCP_O_PATH | O_DIRECTORY,
        mode: UInt32 = 0
    ) throws(FileFailure) -> OpenDescriptor {
        try open(names, beneath: folder, flags: flags, mode: mode)
    }

    /// Opens something beneath a folder that was itself opened beneath the root.
    func open(
        _ names: some Collection<EntryName>,
        beneath start: borrowing OpenDescriptor,
        flags: Int32 = CMCP_O_PATH | O_DIRECTORY,
        mode: UInt32 = 0
    ) throws(FileFailure) -> OpenDescriptor {
        let path = try EntryName.path(names)
        return OpenDescriptor(
            adopting: try FileFailure.checked(
                unsafe cmcp_file_open(start.number, path, flags, mode, stepwise)
            )
        )
    }

    /// Opens a file beneath the root to read it, if that waits for nothing.
    func openCached(_ names: some Collection<EntryName>) -> OpenDescriptor? {
        guard isOnLocalDisk, let path = try? EntryName.path(names) else { return nil }
        let number = unsafe cmcp_file_open_cached(folder.number, path)
        return number >= 0 ? OpenDescriptor(adopting: number) : nil
    }

    /// Splits a path into the folder that holds the entry, opened, and the name of the entry.
    ///
    /// - Throws: ``FileFailure/isRoot`` for the root, which no folder beneath the root holds.
    func openParent(of names: [EntryName]) throws(FileFailure) -> OpenDescriptor {
        guard !names.isEmpty else { throw .isRoot }
        return try open(names.dropLast())
    }
}
