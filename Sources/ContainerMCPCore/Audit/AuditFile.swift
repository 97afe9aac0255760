// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The file behind the audit log, with its rotation.
///
/// Every call may block; only the writer's thread uses it.
///
/// A line is one `write(2)` to a file opened for appending, under the lock of a file beside it, so several
/// servers can share one log: none cuts another's line, and none rotates while another writes.
struct AuditFile: ~Copyable {
    /// Why nothing was written; for the operator.
    struct Failure: Error {
        let step: String
        let number: Int32

        init(_ step: String) {
            self.step = step
            self.number = errno
        }
    }

    private let folderPath: String
    private let name: String
    private let maximumBytes: Int
    private let maximumFiles: Int
    private var folder: Int32 = -1
    private var lock: Int32 = -1
    private var log: Int32 = -1
    private var identity: FileIdentity?
    private var endsInsideLine = false

    /// The step of taking away what was written in part.
    private static let cut = "ftruncate"

    /// How often the lock is asked for, 1 ms apart, before the call is refused.
    private let lockAttempts: Int

    init(path: String, maximumBytes: Int, maximumFiles: Int, lockAttempts: Int) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        self.folderPath = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        self.name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        self.maximumBytes = max(maximumBytes, 1)
        self.maximumFiles = max(maximumFiles, 1)
        self.lockAttempts = lockAttempts
    }

    deinit {
        for descriptor in [folder, lock, log] where descriptor >= 0 {
            close(descriptor)
        }
    }

    /// Appends one line that ends with a line feed, or makes sure only that one could be appended when it is
    /// empty.
    ///
    /// - Parameters:
    ///   - line: The line.
    ///   - room: Bytes that must have their place on the disk behind it; else nothing is appended.
    /// - Throws: ``Failure`` with the step that did not work.
    mutating func append(_ line: [UInt8], room: Int = 0) throws(Failure) {
        do {
            try openFolder()
            try takeLock()
            defer { flock(lock, LOCK_UN) }
            var size = try openCurrent()
            guard !line.isEmpty else { return }
            if size > 0, line.count > maximumBytes - min(size, maximumBytes) {
                try rotate()
                size = try openCurrent()
            }
            try write(line, after: size, room: room)
        } catch {
            closeAll()
            throw error
        }
    }

    /// Appends several lines at once if they fit into the file that is there.
    ///
    /// - Parameter lines: Whole lines, each with its line feed.
    /// - Returns: Whether they are in the file; where not, none is, and each may still be appended by itself.
    /// - Throws: ``Failure`` where some may be in it and could not be taken away again.
    mutating func appendTogether(_ lines: [UInt8]) throws(Failure) -> Bool {
        do {
            try openFolder()
            try takeLock()
            defer { flock(lock, LOCK_UN) }
            let size = try openCurrent()
            guard lines.count <= maximumBytes - min(size, maximumBytes) else { return false }
            try write(lines, after: size, room: 0)
            return true
        } catch {
            closeAll()
            guard error.step != Self.cut else { throw error }
            return false
        }
    }

    private mutating func write(_ line: [UInt8], after size: Int, room: Int) throws(Failure) {
        // The server that died inside a line must not spoil the next one.
        let text = endsInsideLine ? [SettingText.lineFeed] + line : line
        // Blanks that are taken away again at once.
        let bytes = text + [UInt8](repeating: UInt8(ascii: " "), count: room)
        var written = -1
        repeat {
            written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(log, $0.baseAddress, $0.count) }
        } while written < 0 && errno == EINTR
        guard written == bytes.count else {
            let failure = Failure("write")
            // Nobody else writes while the lock is held, so this takes away nothing but the broken line.
            if written > 0, ftruncate(log, size) != 0 { throw Failure(Self.cut) }
            throw failure
        }
        guard room == 0 || ftruncate(log, size + text.count) == 0 else { throw Failure(Self.cut) }
        endsInsideLine = false
    }

    private mutating func openFolder() throws(Failure) {
        guard folder < 0 else { return }
        var path = ""
        for part in folderPath.split(separator: "/") {
            path += (path.isEmpty && !folderPath.hasPrefix("/") ? "" : "/") + part
            guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST || errno == EROFS || errno == EACCES
            else {
                throw Failure("mkdir")
            }
        }
        folder = unsafe open(folderPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw Failure("open folder") }
        lock = unsafe openat(
            folder,
            name + ".lock",
            O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
            0o600
        )
        guard lock >= 0 else { throw Failure("open lock") }
    }

    private func takeLock() throws(Failure) {
        for _ in 0..<lockAttempts {
            if flock(lock, LOCK_EX | LOCK_NB) == 0 { return }
            guard errno == EWOULDBLOCK || errno == EINTR else { throw Failure("flock") }
            usleep(1_000)
        }
        throw Failure("flock")
    }

    /// Opens the log, or opens it again when another server or a program for log files has set it aside.
    ///
    /// - Returns: Its size in bytes.
    private mutating func openCurrent() throws(Failure) -> Int {
        var status = stat()
        if log >= 0, unsafe fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
            FileIdentity(status) == identity
        {
            return Int(status.st_size)
        }
        if log >= 0 { close(log) }
        let flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        log = unsafe openat(folder, name, flags, 0o600)
        guard log >= 0 else { throw Failure("open") }
        guard unsafe fstat(log, &status) == 0 else { throw Failure("fstat") }
        errno = EPERM
        guard status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1, status.st_uid == geteuid() else {
            throw Failure("not a file of this user")
        }
        guard status.st_mode & 0o177 == 0 || fchmod(log, 0o600) == 0 else { throw Failure("fchmod") }
        identity = FileIdentity(status)
        endsInsideLine = try lacksLineFeed(at: status.st_size)
        return Int(status.st_size)
    }

    private func lacksLineFeed(at size: Int) throws(Failure) -> Bool {
        guard size > 0 else { return false }
        var last: UInt8 = 0
        guard unsafe pread(log, &last, 1, size - 1) == 1 else { throw Failure("pread") }
        return last != SettingText.lineFeed
    }

    /// Gives every file the next number and drops what is beyond the last one.
    private mutating func rotate() throws(Failure) {
        for number in maximumFiles..<(maximumFiles + 100) {
            if unsafe unlinkat(folder, "\(name).\(number)", 0) != 0, errno != ENOENT {
                throw Failure("unlink")
            }
        }
        for number in stride(from: maximumFiles - 2, through: 1, by: -1) {
            try rename("\(name).\(number)", "\(name).\(number + 1)")
        }
        if maximumFiles > 1 {
            try rename(name, "\(name).1")
        } else if unsafe unlinkat(folder, name, 0) != 0, errno != ENOENT {
            throw Failure("unlink")
        }
    }

    private func rename(_ old: String, _ new: String) throws(Failure) {
        guard unsafe renameat(folder, old, folder, new) == 0 || errno == ENOENT else {
            throw Failure("rename")
        }
    }

    private mutating func closeAll() {
        for descriptor in [folder, lock, log] where descriptor >= 0 {
            close(descriptor)
        }
        (folder, lock, log) = (-1, -1, -1)
        identity = nil
    }
}
