// SPDX-License-Identifier: Apache-2.0

import Glibc

@testable import ContainerMCPSandbox

/// A folder on disk with a root to work in and things beside it that must stay as they are; removed at the
/// end.
final class TemporaryTree: Sendable {
    let base: String

    var rootPath: String { base + "/root" }

    /// Makes the folders.
    ///
    /// - Parameter inMemory: Asks for a file system in memory, where there is one, for trees that take long
    ///   on a disk.
    /// - Throws: What the system calls failed with.
    init(inMemory: Bool = false) throws {
        let hasMemory = unsafe access("/dev/shm", W_OK) == 0
        let place = inMemory && hasMemory ? "/dev/shm" : "/tmp"
        var template = Array("\(place)/cmcp-files-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw FileFailure(errno: errno) }
        base = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for folder in ["root", "outside", "root-evil"] {
            try folderOutside(folder)
        }
        try put("secret", at: "outside/secret.txt")
        try put("secret", at: "root-evil/secret.txt")
    }

    deinit {
        // Trees that are too deep for a path can only be removed step by step, which rm does.
        let arguments = ["rm", "-rf", "--", base]
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var process = pid_t()
        if unsafe posix_spawn(&process, "/bin/rm", nil, nil, &pointers, environ) == 0 {
            waitpid(process, nil, 0)
        }
        unsafe pointers.forEach { unsafe free($0) }
    }

    func root(
        _ resolution: RootDirectory.Resolution = .automatic,
        owner: FileOwner? = nil
    ) throws -> RootDirectory {
        try RootDirectory(path: rootPath, owner: owner, resolution: resolution)
    }

    /// Writes a file by its path below the base, by plain system calls.
    func put(_ text: String, at path: String) throws {
        let file = unsafe open(base + "/" + path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw FileFailure(errno: errno) }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard unsafe write(file, bytes, bytes.count) == bytes.count else { throw FileFailure(errno: errno) }
    }

    /// Reads a file by its path below the base, by plain system calls; nil if it is not there.
    func text(at path: String) -> String? {
        let file = unsafe open(base + "/" + path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe read(file, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    func folderOutside(_ path: String) throws {
        guard unsafe mkdir(base + "/" + path, 0o755) == 0 else { throw FileFailure(errno: errno) }
    }

    func link(_ path: String, to target: String) throws {
        guard unsafe symlink(target, base + "/" + path) == 0 else { throw FileFailure(errno: errno) }
    }

    func hardLink(_ path: String, to target: String) throws {
        guard unsafe Glibc.link(base + "/" + target, base + "/" + path) == 0 else {
            throw FileFailure(errno: errno)
        }
    }

    func pipe(_ path: String) throws {
        guard unsafe mkfifo(base + "/" + path, 0o644) == 0 else { throw FileFailure(errno: errno) }
    }

    func socket(_ path: String) throws {
        guard unsafe mknod(base + "/" + path, S_IFSOCK | 0o644, 0) == 0 else {
            throw FileFailure(errno: errno)
        }
    }

    func names(in path: String) throws -> [String] {
        let (entries, _) = try RootDirectory(path: base + "/" + path).list([], limit: .max)
        return entries.map(\.name.repairedText).sorted()
    }
}

/// What an operation failed with; nil if it did not.
func failure(_ body: () throws(FileFailure) -> Void) -> FileFailure? {
    do throws(FileFailure) {
        try body()
        return nil
    } catch {
        return error
    }
}
