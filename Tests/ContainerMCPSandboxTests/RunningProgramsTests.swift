// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPSandbox

/// The levels that are tried wherever tests run, with the launcher alone.
let testedLevels: [SandboxLevel] = [.full, .noproc, .filtered]

@Suite(.serialized) struct RunningProgramsTests {
    @Test(arguments: Place.all)
    func `a command runs and its output and status come back`(place: Place) async throws {
        try await TestSandbox.with(place) { sandbox in
            let outcome = try await sandbox.bash("echo hi; echo oops >&2; exit 3")
            #expect(outcome.ending == .exited(3))
            #expect(outcome.output.text() == "hi\n")
            #expect(outcome.error.text() == "oops\n")
            #expect(sandbox.sandbox.report.level == place.level)
            #expect(sandbox.sandbox.report.backend == place.backend)
        }
    }

    @Test(arguments: Place.all)
    func `python runs with its standard library`(place: Place) async throws {
        try await TestSandbox.with(place) { sandbox in
            let outcome = try await sandbox.python(
                "import json, ssl, sqlite3, ctypes; print(json.dumps([1]))"
            )
            #expect(outcome.ending == .exited(0), "\(outcome.error.text())")
            #expect(outcome.output.text() == "[1]\n")
        }
    }

    @Test(arguments: Place.all)
    func `standard input is delivered whole and then ends`(place: Place) async throws {
        try await TestSandbox.with(place) { sandbox in
            let text = String(repeating: "0123456789abcdef\n", count: 60_000)
            let outcome = try await sandbox.bash("wc -c", input: text)
            #expect(outcome.output.text().filter { $0 != " " } == "\(text.utf8.count)\n")
            let none = try await sandbox.bash("cat; echo end")
            #expect(none.output.text() == "end\n")
        }
    }

    @Test(arguments: Place.all)
    func `files written in the workspace belong to the child and stay`(place: Place) async throws {
        try await TestSandbox.with(place) { sandbox in
            let outcome = try await sandbox.bash("mkdir -p a/b; echo kept > a/b/c.txt; cat a/b/c.txt")
            #expect(outcome.output.text() == "kept\n", "\(outcome.error.text())")
            #expect(HostPath.read(sandbox.workspace + "/a/b/c.txt", limit: 100) == Array("kept\n".utf8))
        }
    }

    @Test(arguments: Place.all)
    func `the time limit takes the whole tree with it`(place: Place) async throws {
        try await TestSandbox.with(place) { sandbox in
            let mark = sandbox.mark("977")
            let command =
                "echo before; trap '' TERM; (setsid sleep \(mark) &) ; sleep \(mark) & while :; do :; done"
            let outcome = try await sandbox.bash(command, limits: .init(time: .seconds(3)))
            #expect(outcome.ending == .timedOut)
            #expect(outcome.output.text() == "before\n")
            #expect(ProcessTable.count(withArgument: mark) == 0)
        }
    }

    @Test(arguments: Place.all)
    func `a background child neither delays the answer nor survives it`(place: Place) async throws {
        try await TestSandbox.with(place) { sandbox in
            let mark = sandbox.mark("978")
            let outcome = try await sandbox.bash(
                "sleep \(mark) & (setsid nohup sleep \(mark) >/dev/null 2>&1 &) ; echo done"
            )
            #expect(outcome.ending == .exited(0))
            #expect(outcome.output.text() == "done\n")
            #expect(outcome.duration < .seconds(10))
            #expect(ProcessTable.count(withArgument: mark) == 0)
        }
    }

    @Test(arguments: Place.all)
    func `a fork bomb meets its limit and the next call is served`(place: Place) async throws {
        try await TestSandbox.with(place) { sandbox in
            let mark = sandbox.mark("979")
            let outcome = try await sandbox.bash(
                "b() { b | b & }; b; sleep \(mark)",
                limits: .init(time: .seconds(2)),
            )
            // How the bomb itself ends depends on which fork the limit met.
            #expect(outcome.ending != .exited(0))
            #expect(try await sandbox.bash("echo still").output.text() == "still\n")
            #expect(ProcessTable.count(withArgument: mark) == 0)
        }
    }

    @Test(arguments: Place.all)
    func `a flood of output is cut in the middle and ended`(place: Place) async throws {
        try await TestSandbox.with(place) { sandbox in
            // An emulated machine takes long for so much.
            let outcome = try await sandbox.bash("yes 0123456789", limits: .init(time: .seconds(120)))
            #expect(outcome.ending == .limit(.output))
            #expect(outcome.output.head.count == 768 << 10)
            #expect(outcome.output.tail.count == 256 << 10)
            #expect(outcome.output.dropped > 0)
        }
    }

    @Test(arguments: Place.all)
    func `memory is limited for one process and for all together`(place: Place) async throws {
        try await TestSandbox.with(place) { sandbox in
            let one = try await sandbox.python("x = bytearray(400 << 20)")
            #expect(one.ending == .exited(1))
            #expect(one.error.text().contains("MemoryError"))
            let many = try await sandbox.python(
                """
                import os, time
                for i in range(20):
                    if os.fork() == 0:
                        x = b"x" * (100 << 20); time.sleep(60)
                time.sleep(60)
                """
            )
            #expect(many.ending == .limit(.memory))
        }
    }

    @Test func `cancelling the task kills the tree and says so`() async throws {
        try await TestSandbox.with { sandbox in
            let running = Task { try await sandbox.bash("echo started > mark; sleep \(sandbox.mark("976"))") }
            while HostPath.read(sandbox.workspace + "/mark", limit: 10)?.isEmpty ?? true {
                await Task.yield()
            }
            running.cancel()
            let outcome = try await running.value
            #expect(outcome.ending == .cancelled)
            #expect(ProcessTable.count(withArgument: sandbox.mark("976")) == 0)
        }
    }

    @Test func `a launcher that is killed fails its calls and comes back`() async throws {
        try await TestSandbox.with { sandbox in
            let running = Task { try await sandbox.bash("echo started > mark; sleep \(sandbox.mark("975"))") }
            while HostPath.read(sandbox.workspace + "/mark", limit: 10)?.isEmpty ?? true {
                await Task.yield()
            }
            try await sandbox.killLauncher(mark: "972")
            await #expect(throws: SandboxError.self) { try await running.value }
            #expect(try await sandbox.bashAfterLoss("echo back").output.text() == "back\n")
            #expect(ProcessTable.count(withArgument: sandbox.mark("975")) == 0)
        }
    }

    @Test func `twenty calls at once get their own answers`() async throws {
        try await TestSandbox.with { sandbox in
            let texts = try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for number in 0..<20 {
                    group.addTask { (number, try await sandbox.bash("echo \(number)").output.text()) }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            for number in 0..<20 { #expect(texts[number] == "\(number)\n") }
        }
    }

    @Test func `a working directory that is missing and a program that is missing are errors`() async throws {
        try await TestSandbox.with { sandbox in
            var request = ProcessRequest(
                program: "/bin/bash",
                arguments: ["bash"],
                environment: [],
                directory: sandbox.sandbox.workspacePath + "/none",
            )
            #expect(await Self.code(of: request, in: sandbox) == .workingDirectory)
            request.directory = sandbox.sandbox.workspacePath
            request.program = "/usr/bin/none"
            #expect(await Self.code(of: request, in: sandbox) == .programFailed)
        }
    }

    @Test func `a full workspace ends the calls that run`() async throws {
        try await TestSandbox.with(isWorkspaceFull: { true }) { sandbox in
            let outcome = try await sandbox.bash("sleep 974")
            #expect(outcome.ending == .limit(.workspace))
        }
    }

    private static func code(of request: ProcessRequest, in sandbox: TestSandbox) async -> SandboxError.Code?
    {
        do throws(SandboxError) {
            _ = try await sandbox.sandbox.run(request, as: TestSandbox.bash)
            return nil
        } catch {
            return error.code
        }
    }
}
