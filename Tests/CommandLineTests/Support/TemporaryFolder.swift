// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// A folder to start the program in, removed with everything in it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/cmcp-cli-tests-XXXXXX".utf8CString)
        try #require(unsafe mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // Children run under another user id where the tests run as root, and pass through it at level filtered.
        unsafe chmod(path, 0o755)
    }

    deinit {
        // What stays behind in /tmp harms nobody.
        _ = try? ProgramRun(["/bin/rm", "-rf", path]).finish()
    }

    /// Writes a file below the folder.
    func write(_ text: String, to name: String) throws {
        let file = unsafe open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        try #require(file >= 0)
        defer { close(file) }
        let bytes = Array(text.utf8)
        #expect(
            unsafe bytes.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) } == bytes.count
        )
    }

    /// The names in the folder.
    func names() throws -> [String] {
        try ProgramRun(["/bin/ls", "-A", path]).finish().output.split(separator: "\n").map(String.init)
    }
}
