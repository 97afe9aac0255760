// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct EnvironmentFileTests {
    private func value(_ text: String) throws -> String? {
        try EnvironmentFile(parsing: text.utf8)["KEY"]
    }

    private func problems(_ text: String) -> [EnvironmentFileError.Problem] {
        do {
            _ = try EnvironmentFile(parsing: text.utf8)
            return []
        } catch {
            return error.problems
        }
    }

    @Test(arguments: [
        ("KEY=value", "value"),
        ("KEY=", ""),
        ("KEY=   ", ""),
        ("KEY= # only a comment", ""),
        ("  KEY = value  ", "value"),
        ("export KEY=value", "value"),
        ("export\tKEY=value", "value"),
        ("KEY=value # comment", "value"),
        ("KEY=value\t# comment", "value"),
        ("KEY=a#b", "a#b"),
        ("KEY=#b", "#b"),
        ("KEY=a b  c", "a b  c"),
        ("KEY=a=b", "a=b"),
        ("KEY=$HOME", "$HOME"),
        ("KEY='a # b'", "a # b"),
        ("KEY='a\\nb\"c'", "a\\nb\"c"),
        ("KEY='a' # comment", "a"),
        ("KEY=\"a # b\"", "a # b"),
        (#"KEY="a\\b\"c\$d""#, #"a\b"c$d"#),
        (#"KEY="a\nb\tc\rd""#, "a\nb\tc\rd"),
        ("KEY=\"\"", ""),
        ("KEY=héllo", "héllo"),
        ("# first\r\nKEY=value\r\nOTHER=x\r\n", "value"),
        ("\u{FEFF}KEY=value", "value"),
        ("\n\n  # comment\nKEY=value", "value"),
    ])
    func `a line gives the value that one would expect`(line: String, expected: String) throws {
        #expect(try value(line) == expected)
    }

    @Test func `CRLF does not join lines`() throws {
        let file = try EnvironmentFile(parsing: "A=1\r\nB=2\r\nC=3".utf8)
        #expect(file.entries.map(\.key) == ["A", "B", "C"])
        #expect(file.entries.map(\.value) == ["1", "2", "3"])
        #expect(file.entries.map(\.line) == [1, 2, 3])
    }

    @Test func `exported is a name like every other`() throws {
        #expect(try EnvironmentFile(parsing: "exported=1".utf8)["exported"] == "1")
    }

    @Test(arguments: [
        "KEY", "=value", "1KEY=value", "K-EY=value", "K EY=value", "export =1", "KEY='open", "KEY=\"open",
        "KEY=\"open\\\"",
        "KEY='a'b", "KEY=\"a\"b", "KEY='a'#b", "KEY=a'b'", "KEY=it's", "KEY=\"a\\x\"", "KEY=\"a\\",
        "KEY=a\u{0}b",
        "KEY=a\rb", "KEY=a\u{1B}[31m", "export KEY",
    ])
    func `a line that could mean two things is an error with its number`(line: String) {
        let found = problems("# first\n\(line)\n")
        #expect(found.map(\.line) == [2])
    }

    @Test func `a key given twice names both lines`() throws {
        let found = problems("A=1\n\n# x\nA=2\n")
        #expect(found.count == 1)
        #expect(found.first?.line == 4)
        #expect(found.first?.reason.contains("lines 1 and 4") == true)
    }

    @Test func `text that is no UTF-8 is an error with its line`() {
        #expect(throws: EnvironmentFileError.self) {
            try EnvironmentFile(parsing: Array("A=1\nB=".utf8) + [0xFF, 0xFE])
        }
    }

    @Test func `every faulty line is reported and no value is shown`() throws {
        let error = #expect(throws: EnvironmentFileError.self) {
            try EnvironmentFile(
                parsing: "A='hunter2\nB=ok\nC=\"hunter2\\q\"\nA=hunter2'\n".utf8,
                path: "/x/y.env"
            )
        }
        let text = try #require(error).description
        #expect(error?.problems.map(\.line) == [1, 3, 4])
        #expect(!text.contains("hunter2"))
        #expect(text.contains("/x/y.env, line 3"))
    }

    @Test func `the number of problems and the size of the file are bounded`() {
        #expect(problems(String(repeating: "x\n", count: 5_000)).count == 100)
        let large = String(repeating: "#", count: EnvironmentFile.maximumBytes + 1)
        #expect(problems(large).count == 1)
    }

    @Test func `a file that was named must be there and the default one need not`() throws {
        let folder = try TemporaryFolder()
        #expect(try EnvironmentFile.locate(named: nil, currentDirectory: folder.path) == nil)
        #expect(throws: EnvironmentFileError.self) {
            try EnvironmentFile.locate(named: "missing.env", currentDirectory: folder.path)
        }
        try folder.makeFolder("config")
        try folder.write("config/custom.env", "MCP_PORT=9000\n")
        let found = try #require(try EnvironmentFile.locate(named: nil, currentDirectory: folder.path))
        #expect(found["MCP_PORT"] == "9000")
        #expect(found.path == folder.path + "/config/custom.env")
        try folder.write("other.env", "MCP_PORT=9001\n")
        #expect(
            try EnvironmentFile.locate(named: "other.env", currentDirectory: folder.path)?["MCP_PORT"]
                == "9001"
        )
    }

    @Test func `a folder is no environment file`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: EnvironmentFileError.self) {
            try EnvironmentFile.locate(named: folder.path, currentDirectory: "/")
        }
    }

    @Test func `a file that everybody can write is warned about`() throws {
        let folder = try TemporaryFolder()
        try folder.write("open.env", "MCP_PORT=9001\n", mode: 0o666)
        try folder.write("closed.env", "MCP_PORT=9001\n", mode: 0o600)
        let open = try EnvironmentFile.locate(named: "open.env", currentDirectory: folder.path)
        let closed = try EnvironmentFile.locate(named: "closed.env", currentDirectory: folder.path)
        #expect(open?.warnings.count == 1)
        #expect(closed?.warnings.isEmpty == true)
    }
}
