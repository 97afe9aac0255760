// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The folder that holds the records, by descriptor; every call may block.
///
/// Files are written beside their place and renamed, so that a crash leaves the old record or the new one. Links are
/// never followed, and files of other users, or that others may read, are refused: whoever can plant a record could
/// give a subject a result that no tool made.
final class JobFolder: Sendable {
    private static let lockName = ".lock"
    private static let draftEnding = ".new"
    /// Entries looked at when the server starts.
    private static let mostEntries = 4_096

    private let folder: Int32
    private let lock: Int32

    /// Opens the folder for this process alone; makes it, with those above it, where it is missing.
    init(path: String) throws(JobStorageFailure) {
        var part = ""
        for name in path.split(separator: "/") {
            part += (part.isEmpty && !path.hasPrefix("/") ? "" : "/") + name
            guard unsafe mkdir(part, 0o700) == 0 || errno == EEXIST || errno == EROFS || errno == EACCES
            else {
                throw Self.failure("its folder can't be made")
            }
        }
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        folder = unsafe open(path.isEmpty ? "." : path, flags)
        guard folder >= 0 else { throw Self.failure("its folder can't be opened, or is a link") }
        do throws(JobStorageFailure) {
            lock = try Self.lock(folder)
        } catch {
            close(folder)
            throw error
        }
    }

    deinit {
        close(lock)
        close(folder)
    }

    private static func lock(_ folder: Int32) throws(JobStorageFailure) -> Int32 {
        var status = stat()
        guard unsafe fstat(folder, &status) == 0, status.st_uid == geteuid() else {
            throw JobStorageFailure("its folder belongs to another user")
        }
        guard status.st_mode & 0o077 == 0 || fchmod(folder, 0o700) == 0 else {
            throw failure("its folder can't be closed to others")
        }
        let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let lock = unsafe openat(folder, lockName, flags, 0o600)
        guard lock >= 0 else { throw failure("its lock can't be opened") }
        // Two servers would each take the running jobs of the other for interrupted ones.
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw failure("another server uses its folder")
        }
        return lock
    }

    /// The names of the records; drafts that a crash left behind are deleted.
    ///
    /// - Returns: The names in order, and how many other entries there are.
    func names() throws(JobStorageFailure) -> (records: [String], foreign: Int) {
        let copy = unsafe openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw Self.failure("its folder can't be read") }
        guard let stream = unsafe fdopendir(copy) else {
            close(copy)
            throw Self.failure("its folder can't be read")
        }
        defer { unsafe closedir(stream) }
        var records: [String] = []
        var drafts: [String] = []
        var foreign = 0
        for _ in 0..<Self.mostEntries {
            guard let entry = unsafe readdir(stream), let offset = MemoryLayout<dirent>.offset(of: \.d_name)
            else { break }
            let raw = unsafe UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
            guard let name = unsafe String(validatingCString: raw) else {
                foreign += 1
                continue
            }
            if JobRecord.isFileName(name) {
                records.append(name)
            } else if name.hasSuffix(Self.draftEnding), JobRecord.isFileName(String(name.dropLast(4))) {
                drafts.append(name)
            } else if ![".", "..", Self.lockName].contains(name) {
                foreign += 1
            }
        }
        for draft in drafts { unsafe unlinkat(folder, draft, 0) }
        return (records.sorted(), foreign)
    }

    /// Reads a record; nil for what is no plain file of ours, or is too large.
    func read(_ name: String, atMost limit: Int) -> [UInt8]? {
        let descriptor = unsafe openat(
            folder,
            name,
            O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        )
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard
            unsafe fstat(descriptor, &status) == 0,
            status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1, status.st_uid == geteuid(),
            status.st_mode & 0o077 == 0, status.st_size >= 0, status.st_size <= limit
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            filled += count
        }
        return bytes
    }

    /// Writes a record; it is on the disk when this returns.
    func write(_ bytes: [UInt8], to name: String) throws(JobStorageFailure) {
        let draft = name + Self.draftEnding
        unsafe unlinkat(folder, draft, 0)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = unsafe openat(folder, draft, flags, 0o600)
        guard descriptor >= 0 else { throw Self.failure("a record can't be made") }
        do throws(JobStorageFailure) {
            defer { close(descriptor) }
            try Self.fill(descriptor, bytes)
            guard fsync(descriptor) == 0 else { throw Self.failure("a record can't be written") }
        } catch {
            unsafe unlinkat(folder, draft, 0)
            throw error
        }
        guard unsafe renameat(folder, draft, folder, name) == 0 else {
            let failure = Self.failure("a record can't be put in its place")
            unsafe unlinkat(folder, draft, 0)
            throw failure
        }
        guard fsync(folder) == 0 else { throw Self.failure("the folder can't be written") }
    }

    private static func fill(_ descriptor: Int32, _ bytes: [UInt8]) throws(JobStorageFailure) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor,
                    buffer.baseAddress?.advanced(by: written),
                    buffer.count - written
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("a record can't be written") }
            written += count
        }
    }

    /// Deletes a record; one that is gone already is no failure.
    ///
    /// - Returns: Whether it is gone.
    @discardableResult
    func remove(_ name: String) -> Bool {
        unsafe unlinkat(folder, name, 0) == 0 || errno == ENOENT
    }

    private static func failure(_ what: String) -> JobStorageFailure {
        JobStorageFailure("the task store: \(what) (error \(errno))")
    }
}
