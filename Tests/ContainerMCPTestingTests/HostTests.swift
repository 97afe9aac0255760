// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPSandbox
import ContainerMCPTesting
import Glibc
import Logging
import Testing

/// A tool of an embedding program that answers with as many letters as it is asked for.
struct LettersTool: Tool {
    struct Arguments: Sendable {
        var count: Int?
    }

    let name: ToolName = "letters"
    let title = "Letters"
    let summary = "Answers with letters."
    let effects: ToolEffects = []
    let outputSchema: JSONValue? = nil

    var fields: ToolFields<Arguments> {
        ToolFields(Arguments(), [.optional("count", \.count, 0...1_000_000, default: 1, "How many.")])
    }

    func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        ToolOutput(["letters": .string(String(repeating: "a", count: arguments.count ?? 1)), "success": true])
    }
}

@Suite struct HostTests {
    private let caller = Caller(session: "s")

    @Test(arguments: ["", "nothing", "SYSTEM_RUN_COMMAND", "system_run_command ", "system_run_command\0"])
    func `a tool that is not there is not found`(name: String) async throws {
        let fixture = try HostFixture(.success)
        let result = await fixture.host.call(name, ["command": "true"], caller: caller)
        #expect(result.refusal?.contains("tools/list") == true)
        #expect(fixture.runner.runs.isEmpty)
    }

    static let badArguments: [(JSONObject, String)] = [
        ([:], "'command'"), (["command": .null], "'command'"), (["command": 7], "'command'"),
        (["command": "true", "comand": "x"], "'comand'"), (["command": "true", "timeout": 0], "'timeout'"),
        (["command": "true", "timeout": 121], "'timeout'"),
        (["command": "true", "timeout": "5"], "'timeout'"),
        (["command": "true", "timeout": .number(.infinity)], "'timeout'"),
        (["command": "true", "timeout": .number(.nan)], "'timeout'"),
        (["command": "true", "max_output": 1023], "'max_output'"),
        (["command": "true", "max_output": .number(1e300)], "'max_output'"),
        (["command": "true", "working_dir": "../x"], "'..'"),
        (["command": "true", "working_dir": ""], "empty"),
        (["command": "true\0"], "NUL"), (["command": "true", "stdin": []], "'stdin'"),
        (["command": .string(String(repeating: "a", count: 102_401))], "102400"),
    ]

    @Test(arguments: badArguments.indices) func `a bad argument is named and nothing runs`(index: Int)
        async throws
    {
        let (arguments, word) = Self.badArguments[index]
        let fixture = try HostFixture(.success)
        let result = await fixture.host.call("system_run_command", arguments, caller: caller)
        #expect(result.refusal?.contains(word) == true)
        #expect(fixture.runner.runs.isEmpty)
    }

    @Test func `a tool that the policy denies runs nothing`() async throws {
        let fixture = try HostFixture(ScriptedRunner(.ends(.success)), denying: [.runCommand])
        #expect(await fixture.bash().isError)
        #expect(fixture.runner.runs.isEmpty)
        #expect(await fixture.python().isSuccess)
    }

    @Test func `an answer of the largest size is given, and a larger one is refused whole`() async throws {
        let fixture = try HostFixture(
            ScriptedRunner(.ends(.success)),
            limits: HostFixture.limits(replyBytes: 1000),
            further: [LettersTool()]
        )
        let frame = #"{"letters":"","success":true}"#.utf8.count
        let good = await fixture.host.call(
            "letters",
            ["count": .integer(Int64(1000 - frame))],
            caller: caller
        )
        #expect(!good.isError)
        let bad = await fixture.host.call("letters", ["count": .integer(Int64(1001 - frame))], caller: caller)
        #expect(bad.refusal?.contains("1000 bytes") == true)
        #expect(bad.structuredContent?.encoded().count ?? 0 < 1000)
    }

    @Test func `tools that start no programs have places of their own`() async throws {
        let gate = Gate()
        let fixture = try HostFixture(
            ScriptedRunner(.waits(gate, then: .success)),
            limits: HostFixture.limits(running: 1, waiting: 0),
            further: [LettersTool()]
        )
        async let held = fixture.bash()
        await fixture.runner.begun(1)
        #expect(await fixture.host.call("letters", [:], caller: caller).isSuccess)
        gate.open()
        #expect(await held.isSuccess)
    }

    private func temporaryFolder() throws -> String {
        var template = Array("/tmp/cmcp-testing-XXXXXX".utf8CString)
        try #require(unsafe mkdtemp(&template) != nil)
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func text(of path: String) throws -> String {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        try #require(file >= 0)
        defer { close(file) }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
            count = max(0, unsafe read(file, buffer.baseAddress, buffer.count))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `every call is in the audit log before its answer, with how it ended`() async throws {
        let folder = try temporaryFolder()
        let path = folder + "/audit.jsonl"
        defer {
            unsafe unlink(path)
            unsafe unlink(path + ".lock")
            unsafe rmdir(folder)
        }
        let runner = ScriptedRunner { run in
            switch run.request.arguments.last {
            case "time": .ends(ProcessOutcome(ending: .timedOut))
            case "memory": .ends(ProcessOutcome(ending: .limit(.memory)))
            case "three": .ends(ProcessOutcome(ending: .exited(3)))
            case "segv": .ends(ProcessOutcome(ending: .signalled(11)))
            case "given up": .ends(ProcessOutcome(ending: .cancelled))
            case "no sandbox": .fails(SandboxError(.setUpFailed, "x"))
            default: .ends(.success)
            }
        }
        let fixture = try HostFixture(runner, audit: try await AuditLog(path: path))
        let expected = [
            ("true", "success"), ("time", "timeout"), ("memory", "limit_memory"), ("three", "failure"),
            ("segv", "failure"), ("given up", "cancelled"), ("no sandbox", "no_sandbox"),
        ]
        for (index, (command, outcome)) in expected.enumerated() {
            _ = await fixture.bash(command)
            let lines = try text(of: path).split(separator: "\n")
            #expect(lines.count == index + 1)
            let line = try JSONValue(parsing: Array(lines[index].utf8))
            #expect(line["outcome"]?.stringValue == outcome)
            #expect(line["tool"] == "system_run_command" && line["session"] == "s")
        }
        // Many at once leave as many whole lines.
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<100 { group.addTask { _ = await fixture.python(session: "s\(number % 20)") } }
        }
        let lines = try text(of: path).split(separator: "\n")
        #expect(lines.count == expected.count + 100)
        for line in lines { #expect(throws: Never.self) { try JSONValue(parsing: Array(line.utf8)) } }
    }

    @Test func `a call is not run while the audit log can't be written, and runs again afterwards`()
        async throws
    {
        let folder = try temporaryFolder()
        let (path, aside) = (folder + "/audit.jsonl", folder + "/aside")
        defer {
            unsafe unlink(path)
            unsafe unlink(path + ".lock")
            unsafe unlink(aside)
            unsafe rmdir(folder)
        }
        let fixture = try HostFixture(ScriptedRunner(.ends(.success)), audit: try await AuditLog(path: path))
        #expect(await fixture.bash().isSuccess)
        // A folder in its place can't be opened as the log.
        try #require(unsafe rename(path, aside) == 0 && mkdir(path, 0o700) == 0)
        let before = fixture.runner.runs.count
        let first = await fixture.bash()
        #expect(first.refusal?.contains("audit log") == true && first["stdout"] == nil)
        // The first one learned of it only after its run; from then on nothing runs.
        #expect(fixture.runner.runs.count == before + 1)
        for _ in 0..<5 { #expect(await fixture.bash().refusal?.contains("audit log") == true) }
        #expect(fixture.runner.runs.count == before + 1)
        try #require(unsafe rmdir(path) == 0)
        #expect(await fixture.bash().isSuccess)
        #expect(fixture.runner.runs.count == before + 2)
    }
}
