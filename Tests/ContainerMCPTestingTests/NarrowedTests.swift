// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPSandbox
import ContainerMCPTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct NarrowedTests {
    /// Takes one listed program away from a caller whose id names it.
    private struct WithoutRule: PolicyRule {
        let id = "without"

        func verdict(on request: PolicyRequest) -> RuleVerdict {
            guard case .runProgram(let name, _) = request.demand, request.subject.id == "no-\(name)" else {
                return .abstains
            }
            return .denies("not this one")
        }
    }

    /// Remembers for which lists sandboxes were made.
    private final class Workshop: Sendable {
        let lists = Mutex<[[String]]>([])
        let isBroken = Mutex(false)
        let gate = Gate()

        func make(_ programs: [String]) async throws(SandboxError) -> any ProcessRunner {
            lists.withLock { $0.append(programs) }
            _ = await gate.pass()
            guard !isBroken.withLock({ $0 }) else { throw SandboxError(.unavailable, "broken") }
            return ScriptedRunner(
                .ends(ProcessOutcome(ending: .exited(0), output: CapturedOutput("\(programs.count)")))
            )
        }
    }

    private let workshop = Workshop()
    private let names = (1...12).map { "p\($0)" }

    private func run(_ subject: String, on manager: BashManager) async throws -> RunOutcome {
        let table = ProgramTable(
            programs: names.map { .init(entry: $0, paths: ["/usr/bin/\($0)"]) },
            searchPath: ["/usr/bin"]
        )
        let policy = PolicyEngine(
            settings: PolicySettings(enabledTools: [.runCommand], programs: table),
            rules: [WithoutRule()]
        )
        let limits = try RunLimits(timeout: .seconds(1), maximumTimeout: .seconds(1))
        let command = try BashCommand(":", workingDirectory: try SandboxPath(parsing: "/"), limits: limits)
        let decision = policy.decide(command, subject: Subject(id: subject, isAuthenticated: true))
        return try await manager.run(try decision.get())
    }

    private func manager(makes: Bool = true) -> BashManager {
        let programs = names.map { ProgramTable.Program(entry: $0, paths: ["/usr/bin/\($0)"]) }
        let whole = ProcessOutcome(ending: .exited(0), output: CapturedOutput("whole"))
        guard makes else {
            return BashManager(
                runner: ScriptedRunner(.ends(whole)),
                programs: .listed(programs),
                workspace: nil
            )
        }
        let workshop = workshop
        return BashManager(
            runner: ScriptedRunner(.ends(whole)),
            programs: .listed(programs),
            makeNarrowed: { programs async throws(SandboxError) in try await workshop.make(programs) },
            workspace: nil
        )
    }

    @Test func `a permission for fewer programs runs where there are fewer, made once for all who ask`()
        async throws
    {
        let manager = manager()
        workshop.gate.open()
        #expect(try await run("anyone", on: manager).output == "whole")
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<100 {
                group.addTask { try await run("no-p\(number % 4 + 1)", on: manager).output }
            }
            for try await output in group { #expect(output == "11") }
        }
        let lists = workshop.lists.withLock { $0 }
        #expect(lists.count == 4 && Set(lists).count == 4)
        #expect(lists.allSatisfy { $0.count == 11 })
    }

    @Test func `without a way to make one such a command is refused`() async throws {
        let error = await #expect(throws: ToolError.self) {
            try await run("no-p1", on: manager(makes: false))
        }
        #expect(error?.code == .noSandbox)
    }

    @Test func `a sandbox that can't be made refuses all who wait for it, and is tried again`() async throws {
        let manager = manager()
        workshop.isBroken.withLock { $0 = true }
        let refused = Task {
            await withTaskGroup(of: ToolError.Code?.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            _ = try await run("no-p1", on: manager)
                            return nil
                        } catch {
                            return (error as? ToolError)?.code
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
        }
        workshop.gate.open()
        #expect(await refused.value.allSatisfy { $0 == .noSandbox })
        workshop.isBroken.withLock { $0 = false }
        #expect(try await run("no-p1", on: manager).output == "11")
    }

    @Test func `more different lists than there may be are refused`() async throws {
        let manager = manager()
        workshop.gate.open()
        for number in 1...8 { #expect(try await run("no-p\(number)", on: manager).output == "11") }
        let error = await #expect(throws: ToolError.self) { try await run("no-p9", on: manager) }
        #expect(error?.code == .noSandbox)
        #expect(try await run("no-p8", on: manager).output == "11")
    }
}
