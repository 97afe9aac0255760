// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct PolicyEngineTests {
    private static func path(_ text: String) -> SandboxPath {
        do { return try SandboxPath(parsing: text) } catch { preconditionFailure("\(error)") }
    }

    @Test func `an action that asks for nothing is denied`() throws {
        let denial = try PolicyFixture.engine().decide(AnyAction(demands: []), subject: .anonymous).denial
        #expect(denial?.ruleID == "default")
    }

    @Test func `without settings everything is denied`() throws {
        let engine = PolicyEngine(settings: PolicySettings())
        for demand in PolicyPropertyTests.demands {
            #expect(engine.decide(AnyAction(demands: [demand]), subject: .anonymous).denial != nil)
        }
    }

    @Test func `what no rule is about is denied by default`() throws {
        let action = AnyAction(demands: [.other(verb: "launch", subject: "a rocket")])
        let denial = try PolicyFixture.engine().decide(action, subject: .anonymous).denial
        #expect(denial?.ruleID == "default")
        #expect(
            denial?.message
                == "No rule allows to launch a rocket. Ask the operator to add one to the policy file."
        )
    }

    @Test(arguments: PolicyFixture.tools.sorted { $0.rawValue < $1.rawValue })
    func `a tool that is switched off is denied whatever it asks for`(tool: ToolName) throws {
        var settings = PolicyFixture.settings
        settings.enabledTools.remove(tool)
        settings.isCommandRestricted = false
        let engine = PolicyEngine(settings: settings)
        for demand in PolicyPropertyTests.demands {
            let denial = engine.decide(AnyAction(tool: tool, demands: [demand]), subject: .anonymous).denial
            #expect(denial?.ruleID == "enabled-tools")
        }
    }

    @Test(arguments: [
        (Demand.readFile(path("a.txt")), true), (.readFile(path("/data/a.txt")), true),
        (.readFile(path("a.TXT")), true),
        (.readFile(path("a.sh")), false), (.readFile(path("a")), false), (.readFile(path(".txt")), false),
        (.readFile(path("/")), false), (.readFile(path("a.txt.sh")), false),
        (.readFile(path("/.cmcp/output/1.out")), true), (.readFile(path("/.cmcp/other/1.out")), false),
        (.writeFile(path("/.cmcp/output/1.out")), false),
        (.writeFile(path("x/a.md")), true), (.writeFile(path("a.sh")), false),
        (.writeFile(path("/data/a.txt")), false),
        (.deleteFile(path("folder")), true), (.deleteFile(path("/data/a.txt")), false),
        (.deleteFile(path("/")), false),
        (.moveFrom(path("folder")), true), (.moveFrom(path("/data/a.txt")), false),
        (.moveFrom(path("/")), false),
        (.moveTo(path("b.txt")), true), (.moveTo(path("/data/b.txt")), false),
        (.moveTo(path("/workspace")), false),
        (.listFolder(path("/")), true), (.listFolder(path("/data")), true), (.readVariables, true),
        (.readHealth, true),
        (.runPython, true),
        (.fetch(host: "example.org"), true), (.fetch(host: "EXAMPLE.org."), true),
        (.fetch(host: "a.example.org"), false),
        (.fetch(host: "a.example.net"), true), (.fetch(host: "a.b.example.net"), true),
        (.fetch(host: "example.net"), false),
        (.fetch(host: "xexample.net"), false), (.fetch(host: "example.org.evil.com"), false),
        (.fetch(host: ""), false),
        (.fetch(host: ".example.net"), false), (.fetch(host: "127.0.0.1"), false),
    ])
    func `the settings decide`(demand: Demand, isPermitted: Bool) throws {
        let decision = try PolicyFixture.engine().decide(AnyAction(demands: [demand]), subject: .anonymous)
        #expect((decision.permitted != nil) == isPermitted, "\(decision)")
    }

    @Test func `an empty list of hosts allows none, and a star all`() {
        var settings = PolicyFixture.settings
        let action = AnyAction(demands: [.fetch(host: "example.org")])
        settings.allowedDomains = []
        #expect(PolicyEngine(settings: settings).decide(action, subject: .anonymous).denial != nil)
        settings.allowedDomains = ["*"]
        #expect(PolicyEngine(settings: settings).decide(action, subject: .anonymous).permitted != nil)
    }

    private static let toolsByScopes: [(Set<Scope>, Set<ToolName>)] = [
        ([.read], [.fileRead, .fileList, .environmentVariable, .healthCheck]),
        (
            [.files],
            [.fileRead, .fileList, .environmentVariable, .healthCheck, .fileWrite, .fileDelete, .fileMove]
        ),
        ([.exec], [.runCommand, .runPython]), ([.web], []), ([], []),
        (Set(Scope.allCases), PolicyFixture.tools),
    ]

    @Test(arguments: toolsByScopes)
    func `a token's scopes bound what its subject may do`(scopes: Set<Scope>, expected: Set<ToolName>) throws
    {
        let subject = Subject(id: "ann", isAuthenticated: true, scopes: scopes)
        let engine = try PolicyFixture.engine()
        let limits = try RunLimits(timeout: .seconds(1), maximumTimeout: .seconds(1))
        let root = try SandboxPath(parsing: "/")
        let actions: [any PolicedAction] = [
            try BashCommand("ls", workingDirectory: root, limits: limits),
            try PythonProgram("1", workingDirectory: root, limits: limits),
            try ReadVariables(), ReadHealth(), try ReadFile(path: "a.txt"),
            try WriteFile(path: "a.txt", content: ""),
            try ListFolder(),
            try DeleteFile(path: "a.txt"), try MoveFile(source: "a.txt", destination: "b.txt"),
        ]
        let permitted = actions.filter { engine.explain($0, subject: subject).outcome == .permitted }
        #expect(Set(permitted.map(\.tool)) == expected)
    }

    @Test func `a permission carries its subject, its programs and its trace`() throws {
        let subject = Subject(id: "ann", isAuthenticated: true)
        let permitted = try PolicyFixture.engine().decide(try PolicyFixture.command("ls"), subject: subject)
            .get()
        #expect(permitted.action.text == "ls")
        #expect(permitted.subject == subject)
        #expect(permitted.programs == .listed(PolicyFixture.programs.programs))
        #expect(permitted.trace.map(\.ruleID) == ["allowed-commands", "allowed-commands"])
        #expect(permitted.trace.allSatisfy { $0.verdict.word == "grants" })
    }

    @Test func `an action that runs no command line may start no programs`() throws {
        let permitted = try PolicyFixture.engine().decide(try ReadFile(path: "a.txt"), subject: .anonymous)
            .get()
        #expect(permitted.programs == .none)
    }

    @Test func `someone who did not authenticate is anonymous whatever they say`() {
        #expect(Subject(id: "root", isAuthenticated: false) == .anonymous)
    }

    @Test func `an embedder's rule can deny and grant, and lifts no denial`() throws {
        struct Rule: PolicyRule {
            let id = "mine"
            func verdict(on request: PolicyRequest) -> RuleVerdict {
                switch request.demand {
                case .other, .writeFile: .grants("mine")
                case .readFile: .denies("not today")
                default: .abstains
                }
            }
        }
        let engine = PolicyEngine(settings: PolicyFixture.settings, rules: [Rule()])
        let other = engine.decide(AnyAction(demands: [.other(verb: "a", subject: "b")]), subject: .anonymous)
        #expect(other.permitted != nil)
        let read = engine.decide(try ReadFile(path: "a.txt"), subject: .anonymous)
        #expect(read.denial?.message == "not today")
        #expect(read.denial?.origin == .embedder)
        #expect(engine.decide(try WriteFile(path: "a.sh", content: ""), subject: .anonymous).denial != nil)
    }

    @Test func `an explanation names every rule, and is the decision`() throws {
        let engine = try PolicyFixture.engine(
            """
            version: 1
            rules:
              - id: no-cat
                commands: [cat]
                verdict: deny
                reason: cats are out
            """
        )
        let explanation = engine.explain(try PolicyFixture.command("ls; cat"), subject: .anonymous)
        #expect(explanation.outcome == .denied)
        #expect(explanation.parts.map(\.outcome) == [.permitted, .permitted, .denied])
        #expect(
            explanation.parts[2].rules.map(\.ruleID) == [
                "enabled-tools", "scopes", "allowed-commands", "allowed-endings", "read-only-data",
                "allowed-domains",
                "no-cat",
            ]
        )
        #expect(explanation.lines.first == "system_run_command for anonymous: denied")
        #expect(
            explanation.lines.last
                == """
                    no-cat (policy file, line 3) denies: The policy denies to run 'cat' (rule 'no-cat': cats are out). \
                Ask the operator if it is needed.
                """
        )
        #expect(
            explanation.lines.contains("    allowed-commands (BASH_ALLOWED_COMMANDS) grants: 'cat' is listed")
        )
        #expect(explanation.lines.contains("    scopes (built in) abstains"))
        #expect(explanation.message == explanation.parts[2].rules.last?.reason)
    }

    @Test func `a trace is bounded`() throws {
        let rules = (0..<1_000).map { "  - {id: r\($0), verdict: allow}" }.joined(separator: "\n")
        let engine = try PolicyFixture.engine("version: 1\nrules:\n\(rules)\n")
        let line = Array(repeating: ["ls", "cat", "/bin/ls", "/bin/cat", "/usr/bin/ls"], count: 2).joined()
            .joined(separator: ";")
        let decision = engine.decide(try PolicyFixture.command(line), subject: .anonymous)
        #expect(decision.trace.count == 4_096)
        #expect(decision.permitted != nil)
    }
}
