// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import ContainerMCPSandbox

/// A copy of a program in a folder of its own, to be removed and changed.
enum HelperCopy {
    /// Makes one, gives its path to the body, and removes the folder.
    static func with<Result>(_ program: String, _ body: (String) async throws -> Result) async throws
        -> Result
    {
        let folder = try makeFolder()
        defer { PrivateFolders.removeTree(folder) }
        try copy(program, to: folder + "/helper")
        return try await body(folder + "/helper")
    }

    /// The same for a body that does not wait.
    static func with<Result>(_ program: String, _ body: (String) throws -> Result) throws -> Result {
        let folder = try makeFolder()
        defer { PrivateFolders.removeTree(folder) }
        try copy(program, to: folder + "/helper")
        return try body(folder + "/helper")
    }

    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "/"
    }

    static func copy(_ program: String, to path: String) throws {
        let bytes = try #require(HostPath.read(program, limit: 16 << 20))
        let number = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o755)
        try #require(number >= 0)
        let file = Descriptor(owning: number)
        #expect(unsafe write(file.number, bytes, bytes.count) == bytes.count)
        fchmod(file.number, 0o755)
    }

    private static func makeFolder() throws -> String {
        var above = stat()
        if unsafe stat("/tmp", &above) == 0, above.st_uid != 0, above.st_uid != geteuid() {
            // As in a container of an ordinary user, where a folder of the machine's root shows as nobody's.
            try Test.cancel("/tmp belongs to another user than root here, so no program below it is trusted")
        }
        var template = Array("/tmp/cmcp-helper-XXXXXX".utf8CString)
        try #require(unsafe mkdtemp(&template) != nil)
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        unsafe chmod(folder, 0o755)
        return folder
    }
}
