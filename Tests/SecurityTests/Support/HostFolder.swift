// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// A throw-away folder on the host.
enum HostFolder {
    /// Makes one below /tmp that everybody can pass through, gives it to the body, and removes it.
    static func with<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        var template = Array("/tmp/cmcp-attack-XXXXXX".utf8CString)
        try #require(unsafe mkdtemp(&template) != nil)
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        unsafe chmod(folder, 0o711)
        defer { _ = try? Unconfined.run("/bin/rm", ["rm", "-rf", folder]) }
        return try await body(folder)
    }

    /// Whether a folder lies on a tmpfs, whose files are memory (tmpfs(5)).
    static func isInMemory(_ folder: String) -> Bool {
        (try? Unconfined.run("/usr/bin/stat", ["stat", "-f", "-c", "%T", folder]).output) == "tmpfs\n"
    }

    /// Writes a file that everybody may read.
    static func write(_ text: String, to path: String) throws {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        try #require(file >= 0)
        defer { close(file) }
        let bytes = Array(text.utf8)
        #expect(unsafe Glibc.write(file, bytes, bytes.count) == bytes.count)
    }

    /// The text of a file, or nil where there is none.
    ///
    /// At most 64 MiB.
    static func read(_ path: String) -> String? {
        let file = unsafe open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < 64 << 20 {
            let count = unsafe Glibc.read(file, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The names in a folder.
    static func names(in folder: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Whether something has this name; a link counts as itself.
    static func exists(_ path: String) -> Bool {
        var info = stat()
        return unsafe lstat(path, &info) == 0
    }
}
