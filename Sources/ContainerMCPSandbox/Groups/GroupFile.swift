// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Reads and writes the files by which the kernel shows control groups (cgroups(7)); nobody but this user and root can
/// put anything else in their place.
enum GroupFile {
    /// The text of a file without the line's end, or nil where it can't be read.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - limit: The most bytes that are read; those of a group are short.
    /// - Returns: The text.
    static func read(_ path: String, limit: Int = 4_096) -> String? {
        guard let bytes = HostPath.read(path, limit: limit) else { return nil }
        let endsLine = bytes.last == UInt8(ascii: "\n")
        return String(decoding: endsLine ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }

    /// The words of a file, which may list processes.
    static func words(_ path: String) -> [String] {
        (read(path, limit: 1 << 20) ?? "").split { $0 == " " || $0 == "\n" }.map(String.init)
    }

    /// The number after a key in a file of `key number` lines.
    static func number(_ key: String, in path: String) -> Int? {
        for line in (read(path) ?? "").split(separator: "\n") where line.hasPrefix(key + " ") {
            return Int(line.dropFirst(key.utf8.count + 1))
        }
        return nil
    }

    /// Writes a text in one piece.
    ///
    /// - Returns: 0 or errno.
    @discardableResult
    static func write(_ text: String, to path: String) -> Int32 {
        guard let file = Descriptor.open(path, O_WRONLY) else { return errno }
        let bytes = Array(text.utf8)
        let written = unsafe Glibc.write(file.number, bytes, bytes.count)
        return written == bytes.count ? 0 : errno
    }

    /// Whether something has this name.
    static func exists(_ path: String) -> Bool {
        unsafe access(path, F_OK) == 0
    }
}
