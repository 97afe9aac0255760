// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import Testing

@testable import ContainerMCPCore

@Suite struct WorkspaceResourcesTests {
    // MARK: Lists

    @Test func `the list holds the files of both trees that can be read, sorted`() async throws {
        let fixture = try ResourceFixture()
        for folder in [
            "workspace/b", "workspace/b/c", "workspace/.cmcp", "workspace/.cmcp/output", "workspace/data",
        ] {
            try fixture.makeFolder(folder)
        }
        for file in [
            "workspace/z.txt", "workspace/a b.md", "workspace/b/c/é.csv", "workspace/tool.sh",
            "workspace/none",
            "workspace/.cmcp/output/1.txt", "workspace/data/x.csv", "data/x.csv", "outside/o.txt",
        ] {
            try fixture.write(file)
        }
        try fixture.link("workspace/link.txt", to: fixture.place("outside/o.txt"))
        try fixture.link("workspace/folder", to: fixture.place("outside"))
        let list = try await fixture.resources.list(in: fixture.context())
        #expect(
            list.map(\.uri) == [
                "file:///workspace/a%20b.md", "file:///workspace/b/c/%C3%A9.csv",
                "file:///workspace/data/x.csv",
                "file:///workspace/z.txt", "file:///data/x.csv",
            ]
        )
        #expect(list.map(\.name) == ["a b.md", "b/c/é.csv", "data/x.csv", "z.txt", "/data/x.csv"])
        #expect(list.map(\.mimeType) == ["text/markdown", "text/csv", "text/csv", "text/plain", "text/csv"])
        #expect(list.allSatisfy { $0.size == 4 && $0.annotations?.lastModified?.hasSuffix("Z") == true })
        for resource in list { #expect(try await fixture.read(resource.uri)?.count == 1) }
    }

    @Test func `names that no tool could be given are left out and break nothing`() async throws {
        let fixture = try ResourceFixture()
        let folder = Array(fixture.place("workspace/").utf8)
        for name in [
            Array("new\nline.txt".utf8), [0xFF, 0xFE] + Array(".txt".utf8), Array("e\u{301}.txt".utf8),
            Array("\u{202E}.txt".utf8), Array("a\\b.txt".utf8), Array("dot.txt.".utf8),
        ] {
            try fixture.write(folder + name, [0x61])
        }
        let longest = String(repeating: "n", count: 251) + ".txt"
        try fixture.write("workspace/" + longest)
        let list = try await fixture.resources.list(in: fixture.context())
        #expect(list.map(\.name) == [longest])
        #expect(try await fixture.read("file:///workspace/" + longest) != nil)
    }

    @Test func `the list of a folder of more than 10,000 names is bounded`() async throws {
        let fixture = try ResourceFixture()
        for number in 0..<10_050 { try fixture.write("workspace/f\(number).txt", "") }
        try fixture.write("data/last.csv")
        let list = try await fixture.resources.list(in: fixture.context())
        #expect(list.count == WorkspaceResources.maximumResources)
        #expect(list.first?.name == "f0.txt")
    }

    @Test func `without a data folder nothing is said about one`() async throws {
        let fixture = try ResourceFixture()
        let resources = WorkspaceResources(
            files: SandboxFileManager(
                workspace: fixture.workspace,
                data: nil,
                threads: BlockingThreads(limit: 1, waiting: 4)
            ),
            workspace: fixture.workspace,
            data: nil,
            allowedEndings: ["txt"],
            changes: fixture.changes
        )
        try fixture.write("workspace/a.txt")
        #expect(resources.templates.map(\.uriTemplate) == ["file:///workspace/{path}"])
        #expect(try await resources.list(in: fixture.context()).count == 1)
        #expect(try await resources.read("file:///data/x.txt", in: fixture.context()) == nil)
    }

    @Test func `every template is told with its title and what it is for`() throws {
        let templates = try ResourceFixture().resources.templates
        #expect(templates.map(\.uriTemplate) == ["file:///workspace/{path}", "file:///data/{path}"])
        #expect(templates.allSatisfy { $0.title != nil && $0.summary != nil })
    }

    // MARK: Reading

    @Test(arguments: [
        ("a.txt", "text/plain"), ("a.md", "text/markdown"), ("a.csv", "text/csv"),
        ("a.json", "application/json"),
        ("a.py", "text/x-python"), ("a.svg", "image/svg+xml"),
    ])
    func `text is read as text with the type of its ending`(name: String, type: String) async throws {
        let fixture = try ResourceFixture()
        try fixture.write("workspace/" + name, "Grüße\n")
        let uri = "file:///workspace/" + name
        #expect(
            try await fixture.read(uri) == [
                ResourceContents(uri: uri, mimeType: type, payload: .text("Grüße\n"))
            ]
        )
    }

    @Test(
        arguments: [
            ("a.txt", [0xFF, 0x00], "text/plain", "/wA="), ("a.png", [0x89, 0x50], "image/png", "iVA="),
            ("a.pdf", [0x25, 0x50], "application/pdf", "JVA="), ("a.png", [], "image/png", ""),
        ] as [(String, [UInt8], String, String)]
    )
    func `other bytes are read in base64`(name: String, bytes: [UInt8], type: String, base64: String)
        async throws
    {
        let fixture = try ResourceFixture()
        try fixture.write(Array(fixture.place("data/" + name).utf8), bytes)
        let uri = "file:///data/" + name
        #expect(
            try await fixture.read(uri) == [
                ResourceContents(uri: uri, mimeType: type, payload: .blob(base64: base64))
            ]
        )
    }

    @Test(arguments: [
        "file:///workspace/b%2Fa.txt", "file:///workspace/b/a.txt", "file:///workspace/%62/a%2Etxt",
    ])
    func `a slash may be encoded, and the answer has the URI that was asked for`(uri: String) async throws {
        let fixture = try ResourceFixture()
        try fixture.makeFolder("workspace/b")
        try fixture.write("workspace/b/a.txt", "x")
        #expect(
            try await fixture.read(uri) == [
                ResourceContents(uri: uri, mimeType: "text/plain", payload: .text("x"))
            ]
        )
    }

    @Test(arguments: [
        "file:///workspace/none.txt", "file:///workspace/none/a.txt", "file:///etc/passwd", "http://x/", "",
    ])
    func `what is not there or not ours is unknown`(uri: String) async throws {
        #expect(try await ResourceFixture().read(uri) == nil)
    }

    @Test(arguments: [
        ("file:///workspace/tool.sh", "denied"), ("file:///workspace/none.sh", "denied"),
        ("file:///workspace/noending", "denied"), ("file:///workspace/folder.txt", "invalid_argument"),
        ("file:///workspace", "invalid_argument"), ("file:///workspace/link.txt", "denied"),
        ("file:///workspace/out/o.txt", "denied"), ("file:///workspace/.cmcp/secret.txt", "denied"),
        ("file:///workspace/..%2Foutside%2Fo.txt", "invalid_argument"),
        ("file:///data/%2e%2e%2foutside%2fo.txt", "invalid_argument"),
        ("file:///workspace/a%", "invalid_argument"),
    ])
    func `what must not be read is an error and not unknown`(uri: String, code: String) async throws {
        let fixture = try ResourceFixture()
        try fixture.write("workspace/tool.sh")
        try fixture.write("workspace/noending")
        try fixture.write("outside/o.txt", "secret")
        try fixture.makeFolder("workspace/folder.txt")
        try fixture.makeFolder("workspace/.cmcp")
        try fixture.write("workspace/.cmcp/secret.txt")
        try fixture.link("workspace/link.txt", to: fixture.place("outside/o.txt"))
        try fixture.link("workspace/out", to: fixture.place("outside"))
        let got = await fixture.code { _ = try await fixture.read(uri) }
        // The root has no name with an ending, so the policy may be the first to refuse it.
        #expect(got?.rawValue == code || (uri == "file:///workspace" && got == .denied))
    }

    @Test func `a saved output can be read by its URI`() async throws {
        let fixture = try ResourceFixture()
        try fixture.makeFolder("workspace/.cmcp")
        try fixture.makeFolder("workspace/.cmcp/output")
        try fixture.write("workspace/.cmcp/output/17-1.txt", "all of it")
        let contents = try await fixture.read("file:///workspace/.cmcp/output/17-1.txt")
        #expect(contents?.map(\.payload) == [.text("all of it")])
    }

    @Test func `a file over the limit is refused with a way to read parts`() async throws {
        let fixture = try ResourceFixture(limits: FileLimits(maxFileBytes: 100))
        try fixture.write("workspace/a.txt", String(repeating: "x", count: 101))
        try fixture.write("workspace/b.txt", String(repeating: "x", count: 100))
        #expect(try await fixture.read("file:///workspace/b.txt") != nil)
        do {
            _ = try await fixture.read("file:///workspace/a.txt")
            Issue.record("it was read")
        } catch {
            let error = try #require(error as? ToolError)
            #expect(error.code == .limitExceeded)
            for word in ["file_read", "'offset'", "'limit'", "100 bytes"] {
                #expect(error.message.contains(word))
            }
        }
    }

    // MARK: Permission

    @Test(arguments: [[.exec], [.web], []] as [Set<Scope>])
    func `a token without a scope for reading sees, reads, completes and watches nothing`(scopes: Set<Scope>)
        async throws
    {
        let fixture = try ResourceFixture()
        try fixture.write("workspace/a.txt")
        let context = fixture.context(scopes: scopes)
        #expect(try await fixture.resources.list(in: context).isEmpty)
        #expect(
            await fixture.code {
                _ = try await fixture.resources.read("file:///workspace/a.txt", in: context)
            } == .denied
        )
        #expect(!(await fixture.resources.watch("file:///workspace/a.txt", in: context)))
        #expect(
            try await fixture.resources.complete(
                "path",
                of: "file:///workspace/{path}",
                value: "",
                given: [:],
                in: context
            ).isEmpty
        )
    }

    @Test(arguments: [[.read], [.files], [.read, .exec]] as [Set<Scope>])
    func `a token with a scope for reading sees and reads`(scopes: Set<Scope>) async throws {
        let fixture = try ResourceFixture()
        try fixture.write("workspace/a.txt")
        let context = fixture.context(scopes: scopes)
        #expect(try await fixture.resources.list(in: context).count == 1)
        #expect(try await fixture.resources.read("file:///workspace/a.txt", in: context) != nil)
        #expect(await fixture.resources.watch("file:///workspace/a.txt", in: context))
    }

    @Test(arguments: ["deny", "ask"])
    func `lists, completions and watches leave out what a policy refuses or would ask about`(verdict: String)
        async throws
    {
        let yaml = "version: 1\nrules:\n  - {id: r, effects: [read], verdict: \(verdict)}\n"
        let fixture = try ResourceFixture(policyFile: yaml)
        try fixture.write("workspace/a.txt")
        let context = fixture.context()
        #expect(try await fixture.resources.list(in: context).isEmpty)
        #expect(!(await fixture.resources.watch("file:///workspace/a.txt", in: context)))
        let values = try await fixture.resources.complete(
            "path",
            of: "file:///workspace/{path}",
            value: "",
            given: [:],
            in: context
        )
        #expect(values.isEmpty)
        #expect(await fixture.code { _ = try await fixture.read("file:///workspace/a.txt") } != nil)
    }
}
