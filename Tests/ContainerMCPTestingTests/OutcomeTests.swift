// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPSandbox
import ContainerMCPTesting
import Testing

@Suite struct OutcomeTests {
    /// One row of the table of outcomes.
    struct Row: Sendable, CustomTestStringConvertible {
        let ending: ProcessOutcome.Ending
        let exitCode: Int
        var signal: String?
        var timedOut = false
        var limit: String?

        var testDescription: String { "\(ending)" }
    }

    static let rows = [
        Row(ending: .exited(0), exitCode: 0),
        Row(ending: .exited(1), exitCode: 1),
        Row(ending: .exited(3), exitCode: 3),
        // A status that looks like a signal's or a limit's is a status.
        Row(ending: .exited(124), exitCode: 124),
        Row(ending: .exited(137), exitCode: 137),
        Row(ending: .exited(255), exitCode: 255),
        Row(ending: .signalled(11), exitCode: 139, signal: "SIGSEGV"),
        Row(ending: .signalled(9), exitCode: 137, signal: "SIGKILL"),
        Row(ending: .signalled(31), exitCode: 159, signal: "SIGSYS"),
        Row(ending: .signalled(36), exitCode: 164, signal: "SIGRTMIN+2"),
        Row(ending: .timedOut, exitCode: 124, timedOut: true),
        Row(ending: .limit(.memory), exitCode: 137, limit: "memory"),
        Row(ending: .limit(.processes), exitCode: 137, limit: "processes"),
        Row(ending: .limit(.fileSize), exitCode: 137, limit: "file_size"),
        Row(ending: .limit(.workspace), exitCode: 137, limit: "workspace"),
        Row(ending: .limit(.output), exitCode: 137, limit: "output"),
    ]

    @Test(arguments: rows) func `every end of a program is told as the table says`(row: Row) async throws {
        let outcome = ProcessOutcome(
            ending: row.ending,
            output: CapturedOutput("out"),
            error: CapturedOutput("err"),
            result: PythonResultTests.message("J", [UInt8(ascii: "7")])
        )
        let fixture = try HostFixture(outcome)
        let (bash, python) = (await fixture.bash(), await fixture.python())
        for result in [bash, python] {
            #expect(!result.isError)
            #expect(result["success"]?.boolValue == (row.exitCode == 0))
            #expect(result["exit_code"]?.intValue == row.exitCode)
            #expect(result["signal"]?.stringValue == row.signal)
            #expect(result["timed_out"]?.boolValue == (row.timedOut ? true : nil))
            #expect(result["limit"]?.stringValue == row.limit)
            #expect(result["truncated_bytes"] == nil)
            // The text block is the same data.
            guard case .text(let text)? = result.content.first?.payload else {
                Issue.record("no text")
                continue
            }
            #expect(try JSONValue(parsing: Array(text.utf8)) == result.structuredContent)
        }
        #expect(bash["stdout"] == "out" && bash["stderr"] == "err" && bash["result"] == nil)
        #expect(python["output"] == "out" && python["error"] == "err")
        // Only code that ran to its end has a value.
        #expect(python["result"] == (row.exitCode == 0 ? 7 : .null))
    }

    @Test func `a run that was given up is a call that did not happen`() async throws {
        let fixture = try HostFixture(ProcessOutcome(ending: .cancelled))
        for result in [await fixture.bash(), await fixture.python()] {
            #expect(result.isError && result["success"] == false && result["exit_code"] == nil)
        }
    }

    @Test(arguments: [
        (SandboxError.Code.workingDirectory, "working_dir"), (.exhausted, "no room"),
        (.cancelled, "given up"),
        (.launcherLost, "doctor"), (.setUpFailed, "doctor"), (.programFailed, "doctor"),
        (.unavailable, "doctor"),
        (.badConfiguration, "doctor"),
    ])
    func `a program that was not run is told without places on the host`(
        code: SandboxError.Code,
        word: String
    ) async throws {
        let fixture = try HostFixture(ScriptedRunner(.fails(SandboxError(code, "open /srv/secret: denied"))))
        for result in [await fixture.bash(), await fixture.python()] {
            let refusal = try #require(result.refusal)
            #expect(refusal.contains(word))
            #expect(result.structuredContent?.encodedString().contains("/srv/secret") == false)
            #expect(result["success"] == false && result["exit_code"] == nil)
        }
    }

    @Test func `output that was cut says how much is missing`() async throws {
        var output = CapturedOutput(limit: 1024)
        output.append(Array(repeating: UInt8(ascii: "x"), count: 5000)[...])
        let fixture = try HostFixture(ProcessOutcome(ending: .exited(0), output: output))
        let result = await fixture.bash()
        #expect(result["truncated_bytes"] == .integer(5000 - 1024))
        #expect(result["stdout"]?.stringValue?.contains("3976 bytes dropped") == true)
    }

    @Test func `output that is no text is shown with replacement characters`() async throws {
        var output = CapturedOutput()
        output.append([0x61, 0xFF, 0x00, 0xC3, 0x28][...])
        let fixture = try HostFixture(ProcessOutcome(ending: .exited(0), output: output))
        #expect(await fixture.bash()["stdout"] == "a\u{FFFD}\0\u{FFFD}(")
    }

    @Test func `a program is asked for with what the caller and the settings say`() async throws {
        let fixture = try HostFixture(.success)
        let arguments: JSONObject = [
            "command": "cat", "working_dir": "/a/b", "timeout": 2.5, "stdin": "in", "max_output": 2048,
        ]
        let caller = Caller(session: "s")
        _ = await fixture.host.call("system_run_command", arguments, caller: caller)
        let request = try #require(fixture.runner.runs.first?.request)
        #expect(request.program == "/bin/bash" && request.arguments.last == "cat")
        #expect(request.directory == "/workspace/a/b" && request.input == Array("in".utf8))
        #expect(request.limits.time == .seconds(2.5) && request.limits.keptOutput == 2048)
        #expect(request.environment.contains("HOME=/workspace"))
        #expect(!request.environment.contains { $0.hasPrefix("LD_") })
        _ = await fixture.host.call(
            "system_run_python",
            ["code": "é", "working_dir": "/data/x"],
            caller: caller
        )
        let python = try #require(fixture.runner.runs.last)
        #expect(python.kind == 1 && python.request.payload == Array("é".utf8))
        #expect(python.request.directory == "/data/x" && python.request.resultLimit != nil)
    }
}
