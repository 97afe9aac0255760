// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct AllowedCommandsTests {
    @Test(arguments: [
        "ls", "/bin/ls", "/usr/bin/ls", "/usr//bin/./ls", "ls | cat", "echo hi", "cd /data && pwd",
        "'ls' -l", "missing",
        "/opt/tool/bin/run", "mytool", "/usr/local/bin/mytool", "$cmd", "f() { ls; }; f",
        "for i in 1 2; do cat $i; done",
        "exec echo", "echo 'id; rm'", "ls <<EOF\nid\nEOF", "enable -n echo", "(", "../../bin/ls", "",
    ])
    func `listed programs, builtins and what can't be read pass`(line: String) throws {
        let decision = try PolicyFixture.engine().decide(
            try PolicyFixture.command(line, in: "/sub"),
            subject: .anonymous
        )
        #expect(decision.permitted != nil, "\(decision)")
    }

    @Test(arguments: [
        ("id", "id"), ("/usr/bin/id", "/usr/bin/id"), ("../../usr/bin/id", "../../usr/bin/id"),
        ("./ls", "./ls"),
        ("ls; id", "id"), ("ls && id", "id"), ("ls $(id)", "id"), ("ls\nid", "id"), ("ls | id", "id"),
        ("ls `id`", "id"),
        ("cat <(id)", "id"), ("f() { id; }; f", "id"), ("if false; then id; fi", "id"), ("exec id", "id"),
        ("command id", "id"), ("eval 'id'", "id"), ("trap 'id' EXIT", "id"), ("'i'd", "id"), ("X=1 id", "id"),
        ("/tmp/ls", "/tmp/ls"), ("run", "run"), ("/opt/other/run", "/opt/other/run"), ("exec cd", "cd"),
        ("a/ls", "a/ls"),
        ("/lib64/ld-linux-x86-64.so.2 /usr/bin/id", "/lib64/ld-linux-x86-64.so.2"),
        ("cat <<E\n$(id)\nE", "id"),
        ("/usr/bin/ls/x", "/usr/bin/ls/x"), ("LS", "LS"), ("l\u{301}s", "l\u{301}s"),
    ])
    func `a line with one unlisted program is refused whole, by name`(line: String, name: String) throws {
        let decision = try PolicyFixture.engine().decide(try PolicyFixture.command(line), subject: .anonymous)
        let denial = try #require(decision.denial)
        #expect(
            denial.message
                == """
                '\(name)' is not in BASH_ALLOWED_COMMANDS; \
                allowed: /opt/tool/bin/run, /usr/local/bin/mytool, cat, echo, ls, missing
                """
        )
        #expect(denial.ruleID == "allowed-commands")
        #expect(denial.origin == .setting("BASH_ALLOWED_COMMANDS"))
        #expect(denial.toolError.code == .denied)
    }

    @Test func `loading a builtin from a file is refused`() throws {
        let denial = try PolicyFixture.engine()
            .decide(try PolicyFixture.command("enable -f x.so y"), subject: .anonymous).denial
        #expect(denial?.message.hasPrefix("'enable -f' can't load builtins here; allowed: ") == true)
    }

    @Test func `an empty list allows builtins only`() throws {
        var settings = PolicyFixture.settings
        settings.programs = ProgramTable(programs: [], searchPath: ["/usr/bin"])
        let engine = PolicyEngine(settings: settings)
        let denied = engine.decide(try PolicyFixture.command("ls"), subject: .anonymous)
        #expect(denied.denial?.message == "'ls' is not in BASH_ALLOWED_COMMANDS; allowed: builtins only")
        let permitted = engine.decide(try PolicyFixture.command("pwd"), subject: .anonymous)
        #expect(permitted.permitted?.programs == .listed([]))
    }

    @Test(arguments: ["id", "./ls", "enable -f x.so y", "/usr/bin/id; rm x"])
    func `without restriction nothing is refused here`(line: String) throws {
        var settings = PolicyFixture.settings
        settings.isCommandRestricted = false
        let decision = PolicyEngine(settings: settings).decide(
            try PolicyFixture.command(line),
            subject: .anonymous
        )
        #expect(decision.permitted?.programs == .all)
    }

    @Test func `programs of the workspace pass where the setting lets them`() throws {
        var settings = PolicyFixture.settings
        settings.allowsWorkspacePrograms = true
        let engine = PolicyEngine(settings: settings)
        for line in ["./x", "a/x", "/workspace/x"] {
            #expect(engine.decide(try PolicyFixture.command(line), subject: .anonymous).permitted != nil)
        }
        for line in ["x", "../usr/bin/id", "/workspace/../usr/bin/id", "/workspacex/id"] {
            #expect(engine.decide(try PolicyFixture.command(line), subject: .anonymous).denial != nil)
        }
    }

    @Test func `a hostile name is shown escaped and cut`() throws {
        let line = "$'\\e[31m'" + String(repeating: "x", count: 1_000)
        let message = try PolicyFixture.engine()
            .decide(try PolicyFixture.command(line), subject: .anonymous).denial?.message
        #expect(message?.hasPrefix("'\\u{1B}[31mxxx") == true)
        #expect((message?.count ?? 0) < 400)
    }

    @Test func `a long list is cut`() throws {
        var settings = PolicyFixture.settings
        settings.programs = ProgramTable(
            programs: (100..<200).map { .init(entry: "p\($0)", paths: []) },
            searchPath: []
        )
        let message = PolicyEngine(settings: settings)
            .decide(try PolicyFixture.command("id"), subject: .anonymous).denial?.message
        #expect(message?.hasSuffix("p148, p149 and 50 more") == true)
    }

    @Test func `an entry given twice counts once`() {
        let program = ProgramTable.Program(entry: "ls", paths: ["/bin/ls"])
        #expect(ProgramTable(programs: [program, program], searchPath: []).programs == [program])
    }

    @Test func `a name that only looks like a listed one is another`() {
        let table = ProgramTable(
            programs: [.init(entry: "K", paths: ["/usr/bin/K"])],
            searchPath: ["/usr/bin"]
        )
        // The Kelvin sign is canonically equal to K, and another name to the kernel.
        #expect(table.program(named: "\u{212A}", path: nil) == nil)
        #expect(table.program(named: "/usr/bin/\u{212A}", path: "/usr/bin/\u{212A}") == nil)
        #expect(table.program(named: "K", path: nil)?.entry == "K")
    }
}
