// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct PathCompletionTests {
    private func fixture() throws -> ResourceFixture {
        let fixture = try ResourceFixture()
        for folder in [
            "workspace/src", "workspace/src/deep", "workspace/.cmcp", "data/sets", "workspace/data",
        ] {
            try fixture.makeFolder(folder)
        }
        for file in [
            "workspace/src/main.py", "workspace/src/map.csv", "workspace/src/main.sh", "workspace/a*b.txt",
            "workspace/axb.txt", "workspace/[x].txt", "workspace/secret.txt", "data/table.csv",
            "outside/o.txt",
            "workspace/data/inner.csv",
        ] {
            try fixture.write(file)
        }
        try fixture.link("workspace/out", to: fixture.place("outside"))
        return fixture
    }

    @Test(arguments: [
        ("src/ma", ["src/main.py", "src/map.csv"]), ("src/", ["src/deep/", "src/main.py", "src/map.csv"]),
        ("s", ["secret.txt", "src/"]), ("src", ["src/"]), ("a*", ["a*b.txt"]), ("[", ["[x].txt"]),
        ("nothing", []),
        ("../", []), ("src/../", []), ("out/", []), ("out", []), ("%2e%2e/", []), (".cmcp/", []), (".c", []),
        ("src/main.py/", []), ("\u{0}", []), ("a\n", []), ("S", []), ("data/", ["data/inner.csv"]),
    ])
    func `a path of the template is completed within its folder`(value: String, expected: [String])
        async throws
    {
        let fixture = try fixture()
        let values = try await fixture.resources.complete(
            "path",
            of: "file:///workspace/{path}",
            value: value,
            given: [:],
            in: fixture.context()
        )
        #expect(values == expected)
    }

    @Test(arguments: [
        ("/d", ["/data/"]),
        ("/", ["/[x].txt", "/a*b.txt", "/axb.txt", "/secret.txt", "/src/", "/data/"].sorted()),
        ("/data/", ["/data/sets/", "/data/table.csv"]), ("/data/t", ["/data/table.csv"]),
        ("/workspace/src/de", ["/workspace/src/deep/"]), ("src/de", ["src/deep/"]), ("data", ["data/"]),
    ])
    func `a path of a prompt may be in either tree`(value: String, expected: [String]) async throws {
        let fixture = try fixture()
        let completion = PathCompletion(files: fixture.files, endings: ResourceFixture.endings)
        #expect(try await completion.values(for: value, in: fixture.context()).sorted() == expected)
    }

    @Test func `the data template completes in the data folder`() async throws {
        let fixture = try fixture()
        let values = try await fixture.resources.complete(
            "path",
            of: "file:///data/{path}",
            value: "",
            given: [:],
            in: fixture.context()
        )
        #expect(values == ["sets/", "table.csv"])
    }

    @Test(arguments: [("id", "file:///workspace/{path}"), ("path", "file:///etc/{path}"), ("path", "")])
    func `other variables and templates complete to nothing`(variable: String, template: String) async throws
    {
        let fixture = try fixture()
        let values = try await fixture.resources.complete(
            variable,
            of: template,
            value: "",
            given: [:],
            in: fixture.context()
        )
        #expect(values.isEmpty)
    }

    @Test func `a name is found among 10,000 others, and long beginnings are no pattern too long`()
        async throws
    {
        let fixture = try ResourceFixture()
        for number in 0..<10_100 { try fixture.write("workspace/f\(number).txt", "") }
        let stars = String(repeating: "*", count: 200)
        try fixture.write("workspace/\(stars).txt", "")
        try fixture.write("workspace/\(stars)x.txt", "")
        let completion = PathCompletion(files: fixture.files, endings: ResourceFixture.endings)
        #expect(try await completion.values(for: "f10099", in: fixture.context()) == ["f10099.txt"])
        #expect(try await completion.values(for: "f", in: fixture.context()).count == 10_000)
        #expect(try await completion.values(for: stars + "x", in: fixture.context()) == ["\(stars)x.txt"])
        let tooLong = String(repeating: "a/", count: 3_000)
        #expect(try await completion.values(for: tooLong, in: fixture.context()).isEmpty)
    }

    @Test func `a folder that the policy keeps from listing completes to nothing`() async throws {
        let yaml = "version: 1\nrules:\n  - {id: r, paths: ['/secret/**'], verdict: deny}\n"
        let fixture = try ResourceFixture(policyFile: yaml)
        try fixture.makeFolder("workspace/secret")
        try fixture.write("workspace/secret/a.txt")
        let completion = PathCompletion(files: fixture.files, endings: ResourceFixture.endings)
        #expect(try await completion.values(for: "secret/", in: fixture.context()).isEmpty)
        #expect(try await completion.values(for: "sec", in: fixture.context()) == ["secret/"])
    }
}
