// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Glibc
import Testing

@testable import ContainerMCPCore

@Suite struct SandboxFileManagerTests {
    @Test func `what is written is read back byte for byte, in missing folders too`() async throws {
        let files = try ManagerFixture()
        let text = "eins\r\nzwei\rdrei\n\u{FEFF}Grüße 😀"
        let written = try await files.write("/workspace/a/b/c.txt", text)
        #expect(written == FileWritten(path: "a/b/c.txt", size: Int64(text.utf8.count)))
        let answer = try await files.read("a/b/c.txt")
        #expect(Array(answer.content.utf8) == Array(text.utf8))
        #expect(answer.size == Int64(text.utf8.count))
        #expect(answer.modified.hasSuffix("Z") && answer.modified.utf8.count == 20)
        #expect(answer.truncated == nil)
        try await files.write("a/b/c.txt", "short")
        #expect(try await files.read("/a/b/c.txt").content == "short")
    }

    @Test(arguments: [
        "../x.txt", "%2e%2e/x.txt", "..\\x.txt", "a.txt/../b.sh", "a.py%00.txt", "A.TXT.", "noending", "a.sh",
        ".txt", "",
        "a\u{202E}.txt", "/data/x.txt", "/", ".cmcp/x.txt", ".cmcp/output/x.txt", "e\u{301}.txt",
        String(repeating: "d/", count: 64) + "x.txt",
    ])
    func `a forbidden name is written, deleted and moved nowhere`(path: String) async throws {
        let files = try ManagerFixture()
        try await files.write("plain.txt", "plain")
        #expect(await files.code { try await files.write(path, "x") } != nil)
        #expect(await files.code { try await files.delete(path) } != nil)
        #expect(await files.code { try await files.move(path, "taken.txt") } != nil)
        #expect(await files.code { try await files.move("plain.txt", path) } != nil)
        #expect(try files.workspace.list([], limit: 10).entries.map(\.name.text) == ["plain.txt"])
    }

    @Test func `an absolute host path names a file of the workspace`() async throws {
        let files = try ManagerFixture()
        #expect(await files.code { _ = try await files.read("/etc/hosts.txt") } == .notFound)
        #expect(await files.code { _ = try await files.read("/etc/passwd") } == .denied)
        try await files.write("/etc/hosts.txt", "mine")
        #expect(try await files.read("etc/hosts.txt").content == "mine")
    }

    @Test func `links, hard links, pipes and sockets are refused by every tool`() async throws {
        let files = try ManagerFixture()
        let (work, outside) = (files.base + "/workspace/", files.base + "/outside")
        _ = unsafe symlink(outside + "/secret.txt", work + "link.txt")
        _ = unsafe symlink(outside, work + "folder")
        _ = unsafe symlink("nowhere", work + "dangling.txt")
        _ = unsafe link(outside + "/secret.txt", work + "hard.txt")
        _ = unsafe mkfifo(work + "pipe.txt", 0o644)
        _ = unsafe mknod(work + "socket.txt", S_IFSOCK | 0o644, 0)
        let names = ["link.txt", "folder/secret.txt", "dangling.txt", "hard.txt", "pipe.txt", "socket.txt"]
        for name in names {
            #expect(await files.code { _ = try await files.read(name) } == .denied)
            #expect(await files.code { try await files.write(name, "x") } == .denied)
            #expect(await files.code { try await files.delete(name) } == .denied)
            #expect(await files.code { try await files.move(name, "x.txt") } == .denied)
            #expect(await files.code { _ = try await files.list(name) } != nil)
        }
        #expect(await files.code { _ = try await files.list("folder") } == .denied)
        #expect(await files.code { try await files.write("folder/new.txt", "x") } == .denied)
        #expect(try await files.list().entries.map(\.name) == ["hard.txt"])
        #expect(try await files.list().omitted == 5)
        _ = unsafe unlink(work + "hard.txt")
        #expect(
            try RootDirectory(path: outside).read(["secret.txt"], limit: 10).bytes == Array("secret".utf8)
        )
    }

    @Test func `the data folder is read and listed, never changed`() async throws {
        let files = try ManagerFixture()
        #expect(try await files.read("/data/table.csv").content == "x,y\n1,2\n")
        let listing = try await files.list("/data")
        #expect(listing.path == "/data")
        #expect(listing.entries.map(\.path) == ["/data/table.csv"])
        #expect(await files.code { try await files.write("/data/table.csv", "x") } == .denied)
        #expect(await files.code { try await files.delete("/data/table.csv") } == .denied)
        #expect(await files.code { try await files.move("/data/table.csv", "t.csv") } == .denied)
        #expect(await files.code { _ = try await files.read("data/table.csv") } == .notFound)
    }

    @Test func `content is bounded by its bytes after encoding, reading by the size`() async throws {
        let files = try ManagerFixture(limits: FileLimits(maxFileBytes: 1_000))
        let text = String(repeating: "x", count: 1_000)
        try await files.write("a.txt", text)
        #expect(await files.code { try await files.write("a.txt", text + "x") } == .limitExceeded)
        #expect(
            await files.code { try await files.write("a.txt", text, encoding: "utf-16") } == .limitExceeded
        )
        #expect(
            await files.code { try await files.write("b.txt", String(repeating: "é", count: 501)) }
                == .limitExceeded
        )
        try await files.write("b.txt", String(repeating: "é", count: 1_000), encoding: "latin-1")
        #expect(try await files.read("b.txt", encoding: "latin-1").size == 1_000)
        #expect(try await files.read("a.txt").content == text)
        try files.workspace.write([UInt8](repeating: 65, count: 1_001), to: ["large.txt"])
        #expect(await files.code { _ = try await files.read("large.txt", limit: 1) } == .limitExceeded)
    }

    @Test func `content that an encoding does not know names base64 as the way`() async throws {
        let files = try ManagerFixture()
        try await files.write("a.txt", "AP//gA==", encoding: "base64")
        do {
            _ = try await files.read("a.txt")
            Issue.record("invalid UTF-8 was read")
        } catch let error as ToolError {
            #expect(error.code == .invalidArgument)
            #expect(error.message.contains("base64"))
        }
        #expect(try await files.read("a.txt", encoding: "base64").content == "AP//gA==")
        let part = try await files.read("a.txt", encoding: "base64", offset: 2, limit: 2)
        #expect(part.content == "//8=")
        #expect(part.nextOffset == 4)
        #expect(part.truncated == true)
        #expect(
            await files.code { try await files.write("b.txt", "é", encoding: "ascii") } == .invalidArgument
        )
        #expect(
            await files.code { try await files.write("b.txt", "%%%", encoding: "base64") } == .invalidArgument
        )
        #expect(
            await files.code { try await files.write("b.txt", "x", encoding: "klingon") } == .invalidArgument
        )
        #expect(await files.code { _ = try await files.read("b.txt") } == .notFound)
    }

    @Test func `a file is read in parts by lines`() async throws {
        let files = try ManagerFixture()
        try await files.write("a.txt", "1\n2\n3\n4\n5")
        let first = try await files.read("a.txt", limit: 2)
        #expect(first.content == "1\n2\n")
        #expect(first.totalLines == 5)
        #expect(first.nextOffset == 3)
        let rest = try await files.read("a.txt", offset: 3)
        #expect(rest.content == "3\n4\n5")
        #expect(rest.truncated == false)
        #expect(await files.code { _ = try await files.read("a.txt", offset: 0) } == .invalidArgument)
        #expect(await files.code { _ = try await files.read("a.txt", limit: -1) } == .invalidArgument)
    }

    @Test func `a saved output is read though it is larger and named otherwise, and cannot be changed`()
        async throws
    {
        let files = try ManagerFixture(limits: FileLimits(maxFileBytes: 100, maxSavedOutputBytes: 1_000))
        try files.workspace.makeFolders([".cmcp", "output"])
        let lines = String(repeating: "line\n", count: 150)
        try files.workspace.write(Array(lines.utf8), to: [".cmcp", "output", "run-1.log"])
        try files.workspace.write([65], to: [".cmcp", "state.txt"])
        #expect(try await files.read(".cmcp/output/run-1.log", offset: 150).content == "line\n")
        #expect(try await files.read(".cmcp/output/run-1.log").size == 750)
        #expect(await files.code { _ = try await files.read(".cmcp/state.txt") } == .denied)
        #expect(await files.code { try await files.delete(".cmcp/output/run-1.log") } == .denied)
        #expect(await files.code { try await files.move(".cmcp", "x") } == .denied)
        #expect(await files.code { _ = try await files.list(".cmcp") } == .denied)
        #expect(try await files.list().entries.isEmpty)
        #expect(try await files.list(pattern: "**").entries.isEmpty)
    }

    @Test func `an answer that would grow too large by escaping is refused with the way out`() async throws {
        let files = try ManagerFixture(limits: FileLimits(maxReplyBytes: 1_000))
        try files.workspace.write([UInt8](repeating: 0, count: 200), to: ["a.txt"])
        #expect(await files.code { _ = try await files.read("a.txt") } == .limitExceeded)
        #expect(try await files.read("a.txt", encoding: "base64").size == 200)
    }

    @Test func `a workspace over its quota refuses writes and moves, and lets things be deleted`()
        async throws
    {
        let files = try ManagerFixture { ToolError(.limitExceeded, "full") }
        try files.workspace.write([65], to: ["a.txt"])
        #expect(await files.code { try await files.write("b.txt", "x") } == .limitExceeded)
        #expect(await files.code { try await files.move("a.txt", "b.txt") } == .limitExceeded)
        #expect(await files.code { try await files.delete("a.txt") } == nil)
        #expect(try files.workspace.usage().names == 0)
    }

    @Test func `files and folders move, make missing folders and replace only when asked`() async throws {
        let files = try ManagerFixture()
        try await files.write("a/x.txt", "x")
        try await files.write("y.txt", "y")
        #expect(try await files.move("a/x.txt", "/b/c/z.md").destination == "b/c/z.md")
        #expect(await files.code { try await files.move("y.txt", "b/c/z.md") } == .alreadyExists)
        try await files.move("y.txt", "b/c/z.md", overwrite: true)
        #expect(try await files.read("b/c/z.md").content == "y")
        try await files.move("b", "d")
        #expect(try await files.read("d/c/z.md").content == "y")
        #expect(await files.code { try await files.move("d", "d/c/e") } == .invalidArgument)
        #expect(await files.code { try await files.move("d/c/z.md", "d/c/z.sh") } == .denied)
        #expect(await files.code { try await files.move("none.txt", "new/n.txt") } == .notFound)
        #expect(await files.code { try await files.delete("new") } == .notFound)
        try files.workspace.write([65], to: ["d", "c", "evil.sh"])
        #expect(await files.code { try await files.move("d", "e") } == .denied)
        #expect(await files.code { try await files.delete("d/c/evil.sh") } == .denied)
        #expect(await files.code { try await files.delete("d") } == .invalidArgument)
        #expect(await files.code { try await files.delete("a") } == nil)
    }
}
