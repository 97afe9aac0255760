// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import ContainerMCPTesting
import Logging
import Synchronization
import Testing

@testable import ContainerMCPCore

@Suite(.timeLimit(.minutes(1))) struct HealthCheckTests {
    /// Says the word back that the self-test wants to hear.
    private static func honest(_ run: ScriptedRunner.Run) -> ProcessOutcome {
        ProcessOutcome(ending: .exited(0), output: CapturedOutput(run.request.arguments.last ?? ""))
    }

    private static func honestRunner() -> ScriptedRunner { ScriptedRunner { .ends(honest($0)) } }

    private func health(
        _ runner: ScriptedRunner = honestRunner(),
        _ changes: [String: String] = [:],
        seconds: Int = 0
    ) throws -> ServerHealth {
        let settings = try Settings.load(
            environment: changes.merging(["MCP_AUTH_TOKEN": "a-very-secret-token-0123456789abcdef"]) { $1 },
            currentDirectory: "/srv/host-place"
        )
        let start = ContinuousClock.now
        let looks = Counter()
        return ServerHealth(
            settings: settings,
            runner: runner,
            hasPython: true,
            now: {
                // The first look is that of the start.
                looks.next() == 0 ? start : start.advanced(by: .seconds(seconds))
            },
            average: { [0.5, 1.257, 2] }
        )
    }

    private func fixture(_ health: ServerHealth, _ runner: ScriptedRunner, denying: [ToolName] = [])
        throws -> HostFixture
    {
        let fixture = try HostFixture(runner, denying: denying, further: [HealthCheckTool(health: health)])
        health.watch(fixture.host)
        return fixture
    }

    private func call(_ fixture: HostFixture, _ arguments: JSONObject = [:]) async -> ToolResult {
        await fixture.host.call("health_check", arguments, caller: Caller(session: "s"))
    }

    @Test func `the tool conforms, reads only and is of the scope read`() throws {
        let tool = HealthCheckTool(health: try health())
        #expect(ToolConformance.problems(of: tool) == [])
        #expect(tool.descriptor.annotations.isReadOnly == true)
        #expect(tool.effects == [.readsFiles] && ReadHealth().demands.map(\.effect) == [.read])
    }

    @Test func `it tells version, time, load, limits, managers and layers`() async throws {
        let runner = Self.honestRunner()
        let answer = await call(try fixture(health(runner, seconds: 90), runner))
        #expect(answer.isSuccess && answer["status"] == "ok")
        #expect(answer["version"] == .string(ContainerMCPServer.version))
        #expect(answer["uptime_seconds"] == 90)
        #expect(answer["load"]?["average"] == [0.5, 1.26, 2.0])
        #expect(
            answer["load"]?["calls"]?["files"] == [
                "running": 1, "waiting": 0, "running_max": 16, "waiting_max": 64,
            ]
        )
        #expect(answer["limits"]?["command_seconds"] == 120)
        #expect(answer["managers"] == ["bash": true, "python": true, "file": false, "web": false])
        #expect(answer["sandbox"]?["layers"]?.arrayValue?.count == Mechanism.allCases.count)
        #expect(answer["sandbox"]?["promises"] == nil && answer["self_test"] == nil)
        #expect(runner.runs.isEmpty, "nothing is run unless it is asked for")
        let verbose = await call(try fixture(health(runner), runner), ["verbose": true])
        #expect(verbose["sandbox"]?["promises"]?.arrayValue?.count == 10)
    }

    @Test func `it names no place of the host and no secret`() async throws {
        let runner = Self.honestRunner()
        let answer = await call(try fixture(health(runner), runner), ["verbose": true, "self_test": true])
        let text = JSONValue.object(answer.structuredContent?.objectValue ?? [:]).encodedString()
        #expect(!text.contains("host-place") && !text.contains("secret-token") && !text.contains("/usr/bin"))
    }

    @Test(arguments: [
        (ProcessOutcome(ending: .exited(0), output: CapturedOutput("else")), "did not say"),
        (ProcessOutcome(ending: .exited(1)), "otherwise"),
        (ProcessOutcome(ending: .signalled(9)), "otherwise"),
        (ProcessOutcome(ending: .timedOut), "within 5 s"), (ProcessOutcome(ending: .limit(.memory)), "limit"),
    ])
    func `a self-test that fails is no success and says how`(outcome: ProcessOutcome, words: String)
        async throws
    {
        let runner = ScriptedRunner(.ends(outcome))
        let answer = await call(try fixture(health(runner), runner), ["self_test": true])
        #expect(!answer.isError && answer["success"] == false && answer["status"] == "failing")
        #expect(answer["self_test"]?["passed"] == false)
        #expect(answer["self_test"]?["detail"]?.stringValue?.contains(words) == true)
    }

    @Test func `a program that could open a file of the machine is a failure`() async throws {
        let runner = ScriptedRunner { run in
            let word = run.request.arguments.last ?? ""
            return .ends(ProcessOutcome(ending: .exited(0), output: CapturedOutput(word + " open")))
        }
        let answer = await call(try fixture(health(runner), runner), ["self_test": true])
        #expect(answer["status"] == "failing")
        #expect(answer["self_test"]?["detail"] == "the program could open a file of the machine")
    }

    @Test func `a sandbox that is gone is a failure in fixed words`() async throws {
        let runner = ScriptedRunner(.fails(SandboxError(.launcherLost, "/srv/secret/socket: errno 5")))
        let answer = await call(try fixture(health(runner), runner), ["self_test": true])
        #expect(answer["self_test"]?["detail"] == "the program could not be started in the sandbox")
    }

    @Test func `a self-test is bounded like a call`() async throws {
        let runner = Self.honestRunner()
        _ = await call(
            try fixture(health(runner, ["SANDBOX_MAX_PROCESSES": "7"]), runner),
            ["self_test": true]
        )
        let request = try #require(runner.runs.first?.request)
        #expect(request.limits.time == .seconds(5) && request.limits.processes == 7)
        #expect(request.limits.totalOutput <= 65_536)
        #expect(request.program == "/bin/bash" && request.input == nil)
    }

    @Test func `many that ask at once share one program`() async throws {
        let gate = Gate()
        let runner = ScriptedRunner { run in
            let word = run.request.arguments.last ?? ""
            return .waits(gate, then: ProcessOutcome(ending: .exited(0), output: CapturedOutput(word)))
        }
        let fixture = try fixture(health(runner), runner)
        await withTaskGroup { group in
            for number in 0..<8 {
                group.addTask {
                    let answer = await fixture.host.call(
                        "health_check",
                        ["self_test": true],
                        caller: Caller(session: "s\(number)")
                    )
                    #expect(answer["self_test"]?["passed"] == true)
                }
            }
            await runner.begun(1)
            // All the others have to be at the test before it goes on.
            while fixture.host.gate.counts[.files]?.running != 8 { await Task.yield() }
            gate.open()
        }
        #expect(runner.mostRunning == 1)
        let again = await call(fixture, ["self_test": true])
        #expect(again["self_test"]?["passed"] == true)
    }

    @Test func `calls that run and wait are counted`() async throws {
        let gate = Gate()
        let runner = ScriptedRunner(.waits(gate, then: .success))
        let health = try health(runner)
        let fixture = try HostFixture(
            runner,
            limits: HostFixture.limits(running: 2),
            further: [HealthCheckTool(health: health)]
        )
        health.watch(fixture.host)
        await withTaskGroup { group in
            for _ in 0..<3 { group.addTask { _ = await fixture.bash() } }
            await runner.begun(2)
            while fixture.host.gate.counts[.exec]?.waiting != 1 { await Task.yield() }
            let exec = await call(fixture)["load"]?["calls"]?["exec"]
            #expect(exec?["running"] == 2 && exec?["waiting"] == 1)
            gate.open()
        }
    }

    @Test func `a policy can refuse it`() async throws {
        let runner = Self.honestRunner()
        let answer = await call(try fixture(health(runner), runner, denying: [.healthCheck]))
        #expect(answer.refusal?.contains("health_check") == true)
    }

    @Test func `without a sandbox it says so, and a program that runs is still one`() async throws {
        let runner = UnconfinedRunner()
        let settings = try Settings.load(environment: [:], currentDirectory: "/srv")
        let health = ServerHealth(settings: settings, runner: runner, hasPython: false)
        let reading = await health.reading(isVerbose: false, isTested: true)
        #expect(reading["status"] == "unprotected" && reading["success"] == true)
        #expect(reading["managers"]?["python"] == false && reading["managers"]?["bash"] == true)
    }

    @Test func `it is on offer whatever is turned off`() throws {
        let settings = try Settings.load(
            environment: ["TOOLS_ENABLE_SYSTEM": "false", "TOOLS_ENABLE_FILE": "false"],
            currentDirectory: "/srv"
        )
        let outline = try ServerOutline(
            settings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        #expect(outline.registry.names == ["health_check"])
    }
}

/// Runs as if it were confined by nothing: every file can be opened.
private struct UnconfinedRunner: ProcessRunner {
    let report = EnforcementReport(level: .none, statuses: [:])
    let workspacePath = "/workspace"
    let dataPath = "/data"

    func run(_ request: ProcessRequest, as kind: UInt32) async throws(SandboxError) -> ProcessOutcome {
        let word = request.arguments.last ?? ""
        return ProcessOutcome(ending: .exited(0), output: CapturedOutput(word + " open"))
    }
}

/// Counts from 0.
private final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            defer { count += 1 }
            return count
        }
    }
}
