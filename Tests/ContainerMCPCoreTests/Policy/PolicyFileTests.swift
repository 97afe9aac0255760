// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct PolicyFileTests {
    private func permits(_ yaml: String, _ action: some PolicedAction, subject: Subject = .anonymous) throws
        -> String
    {
        switch try PolicyFixture.engine(yaml).decide(action, subject: subject) {
        case .permitted: "allow"
        case .denied: "deny"
        case .approvalNeeded: "ask"
        }
    }

    private func rule(_ fields: String, top: String = "") -> String {
        "version: 1\n\(top)rules:\n  - {id: r, \(fields)}\n"
    }

    @Test(arguments: [
        ("commands: [cat], verdict: deny", "cat x", "deny"),
        ("commands: [cat], verdict: deny", "/bin/cat x", "deny"),
        ("commands: [/usr/bin/cat], verdict: deny", "cat x", "deny"),
        ("commands: [cat], verdict: deny", "ls", "allow"),
        ("commands: ['c*'], verdict: deny", "cat x", "deny"),
        ("commands: ['*'], verdict: deny", "echo", "allow"),
        ("commands: [cat], verdict: ask", "cat x", "ask"),
        ("commands: [cat], verdict: ask", "ls | cat", "ask"),
        ("commands: [cat], verdict: ask", "id; cat", "deny"),
        ("commands: [id], verdict: allow", "id", "deny"),
        ("tools: [system_run_command], verdict: deny", "ls", "deny"),
        ("tools: ['file_*'], verdict: deny", "ls", "allow"),
        ("tools: ['system_*'], verdict: ask", "ls", "ask"), ("effects: [run], verdict: deny", "pwd", "deny"),
        ("effects: [read, write], verdict: deny", "pwd", "allow"),
        ("paths: ['**'], verdict: deny", "ls", "allow"),
        ("subjects: [anonymous], verdict: deny", "ls", "deny"),
        ("subjects: [ann], verdict: deny", "ls", "allow"),
        ("commands: [mytool], verdict: deny", "/usr/local/bin/mytool", "deny"),
    ])
    func `a rule on commands narrows what the settings allow`(fields: String, line: String, expected: String)
        throws
    {
        #expect(try permits(rule(fields), try PolicyFixture.command(line)) == expected)
    }

    @Test(arguments: [
        ("/secret/**", "secret/a.txt", true), ("/secret/**", "/workspace/secret/x/y/a.txt", true),
        ("/secret/**", "secretary/a.txt", false), ("/secret/**", "x/secret/a.txt", false),
        ("**/secret/**", "x/secret/a.txt", true), ("secret/*", "secret/a.txt", true),
        ("secret/*", "secret/x/a.txt", false),
        ("/workspace/a.txt", "a.txt", true), ("/data/**", "/data/a.txt", true), ("/data/**", "a.txt", false),
        ("/**", "a.txt", true), ("/**", "/data/a.txt", false), ("data/**", "data/a.txt", true),
        ("data/**", "/data/a.txt", false), ("**/*.md", "a.md", true), ("**/*.md", "x/y/a.md", true),
        ("**/*.md", "x/a.txt", false), ("/[ab].txt", "a.txt", true), ("/[ab].txt", "c.txt", false),
        ("/?.txt", "a.txt", true),
        ("/secret/", "secret/a.txt", false), ("**/**/**", "a.txt", true),
        ("/a/**/b/**/c.txt", "a/b/c.txt", true),
        ("/a/**/b/**/c.txt", "a/x/b/y/z/c.txt", true), ("/a/**/b/**/c.txt", "a/x/y/c.txt", false),
        ("/A.txt", "a.txt", false),
    ])
    func `a rule on paths matches by whole names`(pattern: String, path: String, isDenied: Bool) throws {
        let yaml = rule("paths: [\"\(pattern)\"], verdict: deny")
        #expect(try permits(yaml, try ReadFile(path: path)) == (isDenied ? "deny" : "allow"))
    }

    @Test(arguments: [
        ("/secret/**", "secret", true), ("/a/secret/**", "a", true), ("/a/secret/*.txt", "a", true),
        ("/a/b.txt", "a", true),
        ("/a/secret/**", "b", false), ("/*/secret/**", "b", true), ("**/x.md", "a", false),
        ("/data/a/**", "a", false),
    ])
    func `a folder that holds what a rule protects can't be moved`(
        pattern: String,
        source: String,
        isDenied: Bool
    ) throws {
        let yaml = rule("paths: [\"\(pattern)\"], verdict: deny")
        let action = try MoveFile(source: source, destination: "elsewhere")
        #expect(try permits(yaml, action) == (isDenied ? "deny" : "allow"))
        let back = try MoveFile(source: "elsewhere", destination: source)
        #expect(try permits(yaml, back) == (isDenied ? "deny" : "allow"))
    }

    @Test(arguments: [
        ("domains: [example.org], verdict: deny", "example.org", "deny"),
        ("domains: [example.org], verdict: deny", "a.example.net", "allow"),
        ("domains: ['*.example.net'], verdict: ask", "a.example.net", "ask"),
        ("domains: [evil.com], verdict: allow", "evil.com", "deny"),
    ])
    func `a rule on domains narrows, too`(fields: String, host: String, expected: String) throws {
        #expect(try permits(rule(fields), AnyAction(demands: [.fetch(host: host)])) == expected)
    }

    @Test func `a rule on subjects is for them alone`() throws {
        let yaml = rule("subjects: [ann, 'team-*'], verdict: deny")
        let action = try ReadFile(path: "a.txt")
        #expect(try permits(yaml, action, subject: Subject(id: "ann", isAuthenticated: true)) == "deny")
        #expect(try permits(yaml, action, subject: Subject(id: "team-7", isAuthenticated: true)) == "deny")
        #expect(try permits(yaml, action, subject: Subject(id: "bob", isAuthenticated: true)) == "allow")
        // An unproven name counts for nothing.
        #expect(try permits(yaml, action, subject: Subject(id: "ann", isAuthenticated: false)) == "allow")
    }

    @Test func `with default deny only what a rule allows passes`() throws {
        let yaml = """
            version: 1
            default: deny
            rules:
              - {id: look, commands: [ls, cat], verdict: allow}
              - {id: notes, paths: ["/notes/**"], effects: [read], verdict: allow}
            """
        #expect(try permits(yaml, try PolicyFixture.command("ls | cat")) == "allow")
        #expect(try permits(yaml, try PolicyFixture.command("echo x; /usr/bin/echo")) == "deny")
        #expect(try permits(yaml, try ReadFile(path: "notes/a.txt")) == "allow")
        #expect(try permits(yaml, try ReadFile(path: "a.txt")) == "deny")
        #expect(try permits(yaml, try ReadFile(path: "notes/a.sh")) == "deny")
        #expect(try permits(yaml, try WriteFile(path: "notes/a.txt", content: "")) == "deny")
        let denial = try PolicyFixture.engine(yaml).decide(try ReadFile(path: "a.txt"), subject: .anonymous)
            .denial
        #expect(denial?.origin == .policyFile(line: 2))
        #expect(denial?.trace.last?.ruleID == "default")
    }

    @Test func `a file can grant what no setting is about`() throws {
        let action = AnyAction(demands: [.other(verb: "launch", subject: "a rocket")])
        #expect(try permits(rule("effects: [other], verdict: allow"), action) == "allow")
        #expect(try permits("version: 1\n", action) == "deny")
    }

    @Test func `the sandbox is shown only programs that pass all rules`() throws {
        let engine = try PolicyFixture.engine(
            """
            version: 1
            rules:
              - {id: a, commands: [cat], verdict: deny}
              - {id: b, commands: [echo], subjects: [ann], verdict: ask}
            """
        )
        func entries(_ subject: Subject) throws -> [String] {
            guard
                case .listed(let programs) = try engine.decide(
                    try PolicyFixture.command("ls"),
                    subject: subject
                ).get().programs
            else { return [] }
            return programs.map(\.entry)
        }
        #expect(
            try entries(.anonymous) == [
                "ls", "echo", "missing", "/opt/tool/bin/run", "/usr/local/bin/mytool",
            ]
        )
        #expect(
            try entries(Subject(id: "ann", isAuthenticated: true))
                == ["ls", "missing", "/opt/tool/bin/run", "/usr/local/bin/mytool"]
        )
    }

    @Test func `without restriction a rule still denies a program under every path`() throws {
        var settings = PolicyFixture.settings
        settings.isCommandRestricted = false
        settings.programs = ProgramTable(programs: [], searchPath: [])
        let engine = try PolicyFixture.engine(rule("commands: [rm], verdict: deny"), settings: settings)
        for line in ["rm x", "/bin/rm x", "/opt/../bin/rm", "./rm"] {
            #expect(engine.decide(try PolicyFixture.command(line), subject: .anonymous).denial?.ruleID == "r")
        }
        #expect(engine.decide(try PolicyFixture.command("id"), subject: .anonymous).permitted != nil)
    }

    @Test func `a question becomes a clear denial where nobody can be asked`() throws {
        let engine = try PolicyFixture.engine(rule("commands: [cat], verdict: ask, reason: it costs"))
        let decision = engine.decide(try PolicyFixture.command("cat x; ls"), subject: .anonymous)
        let request = try #require(decision.approval)
        #expect(request.question == "Allow system_run_command to run 'cat' (it costs)?")
        #expect(
            request.denial.message
                == """
                A person has to agree before this call may run 'cat' (rule 'r': it costs), and this client can't be asked. \
                Nothing was run. Ask the user to do it, or the operator to change the rule.
                """
        )
        #expect(throws: request.denial.toolError) { try decision.get() }
    }

    @Test func `the examples of the manual are valid files`() throws {
        let files = try PolicyManual.examples().map { try PolicyFile(yaml: Array($0.utf8)) }
        #expect(
            files.map { $0.rules.map(\.id) } == [
                ["no-secrets", "agree-on-deleting", "ann-only-looks", "no-python-for-guests", "docs-only"],
                ["look", "notes"],
            ]
        )
        #expect(files.map(\.denyByDefault) == [false, true])
    }

    @Test func `rules without an id are named by their place`() throws {
        let file = try PolicyFile(
            yaml: Array("version: 1\nrules:\n  - verdict: deny\n  - verdict: ask\n".utf8)
        )
        #expect(file.rules.map(\.id) == ["rule-1", "rule-2"])
        #expect(file.rules.map(\.line) == [3, 4])
    }

    @Test(arguments: [
        ("", nil, "it is empty"), ("rules: []", 1, "'version: 1' is missing"),
        ("version: 2", 1, "'version' must be 1"),
        ("version: 1\nrulez: []", 2, "unknown key 'rulez'; known are version, default, rules"),
        ("version: 1\nversion: 1", 1, "the key 'version' is given twice"),
        ("- a", 1, "the file must be made of"),
        ("just text", 1, "the file must be made of"), ("version: 1\ndefault: maybe", 2, "'default' must be"),
        ("version: 1\nrules: {}", 2, "'rules' must be a list"),
        ("version: 1\nrules:\n  - deny", 3, "a rule must be made of"),
        ("version: 1\nrules:\n  - id: x", 3, "the rule has no 'verdict'"),
        ("version: 1\nrules:\n  - id: x\n    verdict: Deny", 4, "'verdict' must be allow, deny or ask"),
        ("version: 1\nrules:\n  - id: x\n    verdict: deny\n    command: [ls]", 5, "unknown key 'command'"),
        ("version: 1\nrules:\n  - id: x\n    verdict: deny\n    id: y", 3, "the key 'id' is given twice"),
        (
            "version: 1\nrules:\n  - {id: x, verdict: deny}\n  - {id: x, verdict: ask}", 4,
            "the id 'x' is that of line 3"
        ),
        ("version: 1\nrules:\n  - verdict: deny\n    commands: ls", 4, "'commands' must be a list"),
        ("version: 1\nrules:\n  - verdict: deny\n    commands: []", 4, "'commands' has 0 entries"),
        (
            "version: 1\nrules:\n  - verdict: deny\n    commands: [[ls]]", 4,
            "an entry of 'commands' must be a text"
        ),
        ("version: 1\nrules:\n  - verdict: deny\n    commands: ['']", 4, "has 0 bytes"),
        (
            "version: 1\nrules:\n  - verdict: deny\n    commands: [a]\n    paths: [b]", 3,
            "the rule has 'commands' and 'paths'"
        ),
        ("version: 1\nrules:\n  - verdict: deny\n    paths: [a/../b]", 4, "'a/../b' has an empty component"),
        (
            "version: 1\nrules:\n  - verdict: deny\n    effects: [explode]", 4,
            "'explode' is no effect; known are read"
        ),
        ("version: 1\nrules:\n  - verdict: deny\n    reason:", 4, "reason has 0 bytes"),
        (
            "version: 1\nrules:\n  - verdict: deny\n    paths: [**/x]", 4,
            "begins with '*' must stand in quotes"
        ),
        ("version: 1\nrules: &a []", 2, "begins with '&'"), ("version: 1\nrules: *a", 2, "begins with '*'"),
        ("version: !!int 1", 1, "begins with '!'"), ("version: 1\nrules: [", 3, "not YAML"),
        ("version: 1\n\tx: y", 2, "not YAML"), ("version: 1\n---\nversion: 1", 2, "not YAML"),
        ("version: 1\n? [a, b]\n: c", 2, "a key must be a text"),
        ("version: 1\n<<: {a: b}", 2, "unknown key '<<'"),
    ])
    func `a mistake stops the reading and names its line`(yaml: String, line: Int?, message: String) {
        let error = #expect(throws: PolicyFileError.self) { try PolicyFile(yaml: Array(yaml.utf8)) }
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
        #expect(error?.line == line, "\(String(describing: error))")
    }

    @Test(arguments: [
        "[", "{", "- ", "{a: ", "? ", "[{", "\n", "\"", "'", "# \n", "-\n -", "| ", "\u{1F600}", "*a ", "&a ",
    ])
    func `1 MiB of one opening is refused`(piece: String) {
        let text = String(repeating: piece, count: 1_000_000 / piece.utf8.count)
        #expect(throws: PolicyFileError.self) { try PolicyFile(yaml: Array(text.utf8)) }
    }

    @Test func `a billion laughs are refused before they are parsed`() {
        var text = "version: 1\na0: &a0 [x, x]\n"
        for level in 1...60 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        text += "? *a60\n: x\n"
        let error = #expect(throws: PolicyFileError.self) { try PolicyFile(yaml: Array(text.utf8)) }
        #expect(error?.line == 2)
    }

    @Test func `quoted and inner stars, ampersands and marks are plain text`() throws {
        let yaml = """
            version: 1  # *not an alias
            rules:
              - id: "&a"
                tools: ['*', "file_*"]
                reason: fish & chips *really* !
                verdict: deny
            """
        let rule = try #require(try PolicyFile(yaml: Array(yaml.utf8)).rules.first)
        #expect(rule.id == "&a")
        #expect(rule.tools == ["*", "file_*"])
        #expect(rule.reason == "fish & chips *really* !")
    }

    @Test func `sizes are bounded`() {
        let large = "version: 1\n#" + String(repeating: "x", count: 1_024 * 1_024)
        let rules = "version: 1\nrules:\n" + String(repeating: "  - {verdict: deny}\n", count: 1_001)
        let entries = rule(
            "verdict: deny, commands: [\(Array(repeating: "x", count: 257).joined(separator: ", "))]"
        )
        let long = rule("verdict: deny, reason: \(String(repeating: "x", count: 1_025))")
        let values =
            "version: 1\nrules:\n"
            + String(
                repeating:
                    "  - {verdict: deny, commands: [\(Array(repeating: "x", count: 256).joined(separator: ", "))]}\n",
                count: 100
            )
        for text in [large, rules, entries, long, values] {
            #expect(throws: PolicyFileError.self) { try PolicyFile(yaml: Array(text.utf8)) }
        }
        #expect(throws: PolicyFileError.self) { try PolicyFile(yaml: [0xFF, 0xFE]) }
    }
}
