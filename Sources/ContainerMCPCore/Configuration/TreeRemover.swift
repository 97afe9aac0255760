// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Empties a folder by descriptor, without recursion.
///
/// A folder that is met inside another one is first moved up to the top under a new name, so that a tree of
/// any depth needs the same few descriptors, and each folder is gone through once.
struct TreeRemover {
    private let top: Int32
    private var moved = 0

    /// A program that makes files faster than they go must not hold the server for ever.
    private static let maximumRounds = 100_000

    init(top: Int32) {
        self.top = top
    }

    /// False when something is left.
    mutating func run() -> Bool {
        for _ in 0..<Self.maximumRounds {
            guard let names = Self.names(in: top) else { return false }
            if names.isEmpty { return true }
            for name in names {
                guard removeFromTop(name) else { return false }
            }
        }
        return false
    }

    private mutating func removeFromTop(_ name: String) -> Bool {
        if unsafe unlinkat(top, name, 0) == 0 || errno == ENOENT { return true }
        guard errno == EISDIR || errno == EPERM else { return false }
        if unsafe unlinkat(top, name, AT_REMOVEDIR) == 0 { return true }
        guard errno == ENOTEMPTY || errno == EEXIST || errno == EACCES else { return false }
        let folder = Self.openFolder(name, in: top)
        guard folder >= 0 else { return false }
        defer { close(folder) }
        // A program still running may add names; the folder then comes back in the next round.
        guard let names = Self.names(in: folder) else { return false }
        for inner in names {
            guard remove(inner, from: folder) else { return false }
        }
        return unsafe unlinkat(top, name, AT_REMOVEDIR) == 0 || errno == ENOTEMPTY || errno == EEXIST
    }

    private mutating func remove(_ name: String, from folder: Int32) -> Bool {
        if unsafe unlinkat(folder, name, 0) == 0 || errno == ENOENT { return true }
        guard errno == EISDIR || errno == EPERM else { return false }
        if unsafe unlinkat(folder, name, AT_REMOVEDIR) == 0 { return true }
        // Moving a folder changes its `..`, which needs write permission on it.
        let inner = Self.openFolder(name, in: folder)
        guard inner >= 0 else { return false }
        close(inner)
        for _ in 0..<1_000 {
            moved += 1
            if unsafe renameat(folder, name, top, ".removed-\(moved)") == 0 { return true }
            guard errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR else { return false }
        }
        return false
    }

    /// `O_PATH`, which the C library shows to GNU sources only; the same number on x86-64 and arm64.
    private static let pathOnly: Int32 = 0o10_000_000

    /// Opens a folder and makes it usable; a folder that its owner may not even open is changed through its
    /// descriptor, so that no link can take its place in between.
    private static func openFolder(_ name: String, in folder: Int32) -> Int32 {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let direct = unsafe openat(folder, name, flags)
        if direct >= 0 {
            fchmod(direct, 0o700)
            return direct
        }
        guard errno == EACCES else { return -1 }
        let place = unsafe openat(folder, name, Self.pathOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard place >= 0 else { return -1 }
        defer { close(place) }
        guard unsafe chmod("/proc/self/fd/\(place)", 0o700) == 0 else { return -1 }
        return unsafe openat(folder, name, flags)
    }

    /// At most 4,096 names at a time, so that a folder with millions of them does not fill the memory; nil on
    /// error.
    ///
    /// Names are what the kernel says, bytes that are no UTF-8 included; a name that Swift can't hold is
    /// removed on the spot.
    private static func names(in folder: Int32) -> [String]? {
        // A descriptor of its own: reading moves its position.
        let copy = unsafe openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { return nil }
        guard let stream = unsafe fdopendir(copy) else {
            close(copy)
            return nil
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while names.count < 4_096, let entry = unsafe readdir(stream) {
            guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return nil }
            let raw = unsafe UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
            if let name = unsafe String(validatingCString: raw) {
                if name != ".", name != ".." { names.append(name) }
            } else if unsafe unlinkat(folder, raw, 0) != 0, unsafe unlinkat(folder, raw, AT_REMOVEDIR) != 0 {
                guard unsafe renameat(folder, raw, folder, ".renamed-\(names.count)") == 0 else { return nil }
                names.append(".renamed-\(names.count)")
            }
        }
        return names
    }
}
