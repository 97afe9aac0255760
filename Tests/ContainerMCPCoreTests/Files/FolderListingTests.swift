// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Glibc
import Testing

@testable import ContainerMCPCore

@Suite struct FolderListingTests {
    private func tree() async throws -> ManagerFixture {
        let files = try ManagerFixture()
        for path in ["b.txt", "a.py", ".hidden.txt", "src/m.py", "src/deep/n.py", "src/deep/o.txt"] {
            try await files.write(path, path)
        }
        return files
    }

    @Test(
        arguments: [
            (nil, [".hidden.txt", "a.py", "b.txt", "src"]), ("*.txt", [".hidden.txt", "b.txt"]),
            ("src", ["src"]),
            ("**/*.py", ["a.py", "src/deep/n.py", "src/m.py"]),
            ("**.py", ["a.py", "src/deep/n.py", "src/m.py"]),
            ("src/*", ["src/deep", "src/m.py"]),
            ("src/**", ["src/deep", "src/deep/n.py", "src/deep/o.txt", "src/m.py"]),
            ("none*", []), ("", [".hidden.txt", "a.py", "b.txt", "src"]),
        ] as [(String?, [String])]
    )
    func `a pattern selects, and the answer is sorted`(pattern: String?, paths: [String]) async throws {
        let listing = try await tree().list(pattern: pattern)
        #expect(listing.entries.map(\.path) == paths)
        #expect(listing.path == "/")
        #expect(listing.nextCursor == nil && listing.truncated == nil && listing.omitted == nil)
    }

    @Test func `entries say what they are`() async throws {
        let listing = try await tree().list("src")
        #expect(listing.path == "src")
        #expect(listing.entries.map(\.name) == ["deep", "m.py"])
        #expect(listing.entries.map(\.isDirectory) == [true, false])
        #expect(listing.entries.map(\.size) == [0, 8])
        #expect(listing.entries.allSatisfy { $0.modified.hasPrefix("20") })
    }

    @Test func `pages together are the whole, whatever changes in between`() async throws {
        let files = try ManagerFixture()
        for number in 100..<125 { try files.workspace.write([], to: ["n\(number).txt"]) }
        var names: [String] = []
        var cursor: String?
        repeat {
            let page = try await files.list(limit: 7, cursor: cursor)
            #expect(page.entries.count <= 7)
            names += page.entries.map(\.name)
            cursor = page.nextCursor
            // Neither a new first entry nor the loss of the last one shown shifts the next page.
            try files.workspace.write([], to: ["a\(names.count).txt"])
            if let last = page.entries.last { try files.workspace.delete([last.name]) }
        } while cursor != nil
        #expect(names == (100..<125).map { "n\($0).txt" })
    }

    @Test(arguments: ["", "x", "MQ==", "MQowCmE=", String(repeating: "A", count: 100_000)])
    func `a cursor that was never given out is refused`(cursor: String) async throws {
        let files = try await tree()
        #expect(await files.code { _ = try await files.list(cursor: cursor) } == .invalidArgument)
    }

    @Test func `a cursor of another listing is refused`() async throws {
        let files = try await tree()
        let cursor = try #require(try await files.list(limit: 1).nextCursor)
        #expect(try await files.list(limit: 5, cursor: cursor).entries.count == 3)
        #expect(await files.code { _ = try await files.list("src", cursor: cursor) } == .invalidArgument)
        #expect(
            await files.code { _ = try await files.list(pattern: "*", cursor: cursor) } == .invalidArgument
        )
    }

    @Test(arguments: [0, -1, 10_001, .max])
    func `a limit out of range is refused`(limit: Int) async throws {
        let files = try await tree()
        #expect(await files.code { _ = try await files.list(limit: limit) } == .invalidArgument)
    }

    @Test func `one odd entry breaks no listing`() async throws {
        let files = try await tree()
        let work = files.base + "/workspace/"
        _ = unsafe symlink("nowhere", work + "dangling")
        _ = unsafe mkfifo(work + "pipe", 0o644)
        _ = unsafe mkdir(work + "closed", 0)
        _ = unsafe mkdir(work + "new\nline", 0o755)
        let odd: [CChar] = [-1, -2, 0]
        _ = unsafe mkdirat(files.workspace.descriptor, odd, 0o755)
        let listing = try await files.list(pattern: "**")
        #expect(listing.entries.map(\.path).contains("closed"))
        #expect(listing.entries.count == 9)
        // The link, the pipe and two names; an ordinary user can't look into the closed folder either.
        #expect(listing.omitted == (geteuid() == 0 ? 4 : 5))
    }

    @Test func `a missing folder and a file are errors, and so is a pattern that goes up`() async throws {
        let files = try await tree()
        #expect(await files.code { _ = try await files.list("none") } == .notFound)
        #expect(await files.code { _ = try await files.list("a.py") } == .invalidArgument)
        #expect(await files.code { _ = try await files.list(pattern: "../*") } == .invalidArgument)
    }

    @Test func `many names and many levels give a bounded answer that says it was cut`() async throws {
        let files = try ManagerFixture(limits: FileLimits(maxNames: 500, maxLevels: 8))
        for number in 0..<700 { try files.workspace.write([], to: ["n\(number).txt"]) }
        let wide = try await files.list(limit: 10_000)
        #expect(wide.truncated == true)
        #expect(wide.entries.count == 500)
        let deep = try ManagerFixture(limits: FileLimits(maxLevels: 8))
        try deep.workspace.makeFolders(Array(repeating: "d", count: 30))
        let listing = try await deep.list(pattern: "**")
        #expect(listing.truncated == true)
        #expect(listing.entries.count == 8)
    }
}
