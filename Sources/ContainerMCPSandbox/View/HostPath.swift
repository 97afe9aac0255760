// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Finds out what a path of the host leads to, link by link.
enum HostPath {
    /// A link met on the way.
    struct Link {
        let path: String
        let text: String
    }

    /// Where a path leads.
    struct Walk {
        var links: [Link] = []
        var real = ""
        var device: UInt64 = 0
        var inode: UInt64 = 0
        var isFolder = false
        var isRegular = false
        var owner: UInt32 = 0
        var mode: UInt32 = 0
    }

    /// Follows a path as the kernel would (path_resolution(7)), at most 40 links.
    ///
    /// - Returns: Nil when it leads nowhere.
    static func walk(_ path: String) -> Walk? {
        guard path.hasPrefix("/"), path.utf8.count < 4096 else { return nil }
        var result = Walk()
        var pending = components(path)
        var done: [String] = []
        var followed = 0
        while !pending.isEmpty {
            let name = pending.removeFirst()
            if name == ".." {
                _ = done.popLast()
                continue
            }
            let here = "/" + (done + [name]).joined(separator: "/")
            var info = stat()
            guard unsafe lstat(here, &info) == 0 else { return nil }
            guard info.st_mode & S_IFMT == S_IFLNK else {
                done.append(name)
                continue
            }
            followed += 1
            guard followed <= 40, let text = readLink(here) else { return nil }
            result.links.append(Link(path: here, text: text))
            if text.hasPrefix("/") { done = [] }
            pending = components(text) + pending
        }
        result.real = "/" + done.joined(separator: "/")
        var info = stat()
        guard unsafe lstat(result.real, &info) == 0 else { return nil }
        result.device = UInt64(info.st_dev)
        result.inode = UInt64(info.st_ino)
        result.isFolder = info.st_mode & S_IFMT == S_IFDIR
        result.isRegular = info.st_mode & S_IFMT == S_IFREG
        result.owner = info.st_uid
        result.mode = info.st_mode
        return result
    }

    private static func components(_ path: String) -> [String] {
        path.split(separator: "/", omittingEmptySubsequences: true).filter { $0 != "." }.map(String.init)
    }

    /// The text of a link; nil when it is none.
    static func readLink(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let length = unsafe buffer.withUnsafeMutableBytes { bytes -> Int in
            guard let start = bytes.baseAddress else { return -1 }
            return unsafe readlink(path, start.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard length > 0, length < buffer.count else { return nil }
        return String(validating: buffer[..<length], as: UTF8.self)
    }

    /// The names in a folder, sorted; empty when it can't be read.
    ///
    /// At most 10,000.
    static func names(in folder: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while names.count < 10_000, let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The first bytes of a file.
    static func read(_ path: String, limit: Int) -> [UInt8]? {
        guard let file = Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) else { return nil }
        var bytes = [UInt8](repeating: 0, count: limit)
        var length = 0
        while length < limit {
            let count = unsafe bytes.withUnsafeMutableBytes { room in
                unsafe Glibc.read(file.number, room.baseAddress.map { unsafe $0 + length }, limit - length)
            }
            guard count > 0 else { break }
            length += count
        }
        return Array(bytes[..<length])
    }

    /// A file whose length is not known beforehand, in pieces; at most `limit` bytes and a piece.
    static func readAll(_ path: String, limit: Int) -> [UInt8]? {
        guard let file = Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) else { return nil }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            let count = unsafe piece.withUnsafeMutableBytes {
                unsafe Glibc.read(file.number, $0.baseAddress, $0.count)
            }
            guard count > 0 else { break }
            bytes += piece[..<count]
        }
        return bytes
    }
}
