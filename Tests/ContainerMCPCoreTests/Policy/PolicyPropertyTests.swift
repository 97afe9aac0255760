// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct PolicyPropertyTests {
    static let paths = ["a.txt", "b/c.md", "b/d/e.txt", "/data/x.txt", "/data/y/z.md", "/", "n.sh"].compactMap
    {
        // The texts are valid; one that is not would only make the list shorter.
        try? SandboxPath(parsing: $0)
    }

    static let demands: [Demand] =
        paths.flatMap {
            [.readFile($0), .writeFile($0), .listFolder($0), .deleteFile($0), .moveFrom($0), .moveTo($0)]
        }
        + ["ls", "cat", "id"].map { .runProgram(name: $0, path: nil) }
        + ["/bin/ls", "/usr/bin/id"].map { .runProgram(name: $0, path: $0) }
        + [
            .runCommandLine(loadsBuiltins: false), .runCommandLine(loadsBuiltins: true), .runPython,
            .readVariables, .readHealth,
            .fetch(host: "example.org"), .fetch(host: "evil.com"), .other(verb: "do", subject: "x"),
        ]

    /// A rule that answers as a table says.
    private struct TableRule: PolicyRule {
        let id: String
        let verdicts: [Demand: RuleVerdict]

        func verdict(on request: PolicyRequest) -> RuleVerdict { verdicts[request.demand] ?? .abstains }
    }

    @Test func `in every set of rules a denial wins, then a question, then a grant, then the default`() {
        var random = SeededGenerator(seed: 42)
        let settings = PolicyFixture.settings
        let bare = PolicyEngine(settings: settings)
        var outcomes: [String: Int] = [:]
        for _ in 0..<1_000 {
            var rules: [TableRule] = []
            for index in 0..<Int.random(in: 0...4, using: &random) {
                var verdicts: [Demand: RuleVerdict] = [:]
                for demand in Self.demands {
                    switch Int.random(in: 0..<12, using: &random) {
                    case 0: verdicts[demand] = .denies("d")
                    case 1: verdicts[demand] = .asks("a")
                    case 2, 3: verdicts[demand] = .grants("g")
                    default: break
                    }
                }
                rules.append(TableRule(id: "r\(index)", verdicts: verdicts))
            }
            let count = Int.random(in: 1...3, using: &random)
            let demands = (0..<count).map { _ in
                Self.demands[Int.random(in: Self.demands.indices, using: &random)]
            }
            let action = AnyAction(demands: demands)

            let said = demands.map { demand in rules.compactMap { $0.verdicts[demand] } }
            let alone = demands.map { demand in
                bare.decide(AnyAction(demands: [demand]), subject: .anonymous)
            }
            let isDenied = zip(said, alone).contains { verdicts, decision in
                let settingDenies = decision.denial.map { $0.ruleID != "default" } ?? false
                let isGranted = decision.permitted != nil || verdicts.contains(.grants("g"))
                return verdicts.contains(.denies("d")) || settingDenies || !isGranted
            }
            let isAsked = said.contains { $0.contains(.asks("a")) }
            let expected = isDenied ? "denied" : isAsked ? "asks" : "permitted"

            for order in [rules, rules.reversed()] {
                let decision = PolicyEngine(settings: settings, rules: order).decide(
                    action,
                    subject: .anonymous
                )
                switch decision {
                case .permitted: #expect(expected == "permitted")
                case .denied: #expect(expected == "denied")
                case .approvalNeeded: #expect(expected == "asks")
                }
                let explanation = PolicyEngine(settings: settings, rules: order).explain(
                    action,
                    subject: .anonymous
                )
                #expect((explanation.outcome == .permitted) == (expected == "permitted"))
            }
            outcomes[expected, default: 0] += 1
        }
        // Each outcome was really met.
        #expect(outcomes.count == 3 && outcomes.values.allSatisfy { $0 > 20 }, "\(outcomes)")
    }

    @Test func `in every policy file a denial wins over any number of other rules`() throws {
        var random = SeededGenerator(seed: 7)
        let others = [
            "{verdict: allow}", "{verdict: ask}", "{tools: ['*'], verdict: allow}",
            "{paths: ['**'], verdict: allow}",
            "{commands: ['*'], verdict: ask}", "{subjects: [nobody], verdict: deny}",
            "{effects: [read], verdict: allow}",
        ]
        for _ in 0..<100 {
            var rules = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                others[Int.random(in: others.indices, using: &random)]
            }
            rules.insert("{id: wall, verdict: deny}", at: Int.random(in: 0...rules.count, using: &random))
            let file = "version: 1\ndefault: settings\nrules:\n" + rules.map { "  - \($0)\n" }.joined()
            let engine = try PolicyFixture.engine(file)
            for demand in Self.demands {
                #expect(engine.decide(AnyAction(demands: [demand]), subject: .anonymous).denial != nil)
            }
        }
    }
}
