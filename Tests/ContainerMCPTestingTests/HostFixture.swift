// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import ContainerMCPTesting
import Logging

@testable import ContainerMCPCore

/// A host with the tools that run programs, on a sandbox that plays a script.
struct HostFixture {
    let runner: ScriptedRunner
    let host: ToolHost

    init(
        _ runner: ScriptedRunner,
        limits: LimitSettings = HostFixture.limits(),
        audit: AuditLog? = nil,
        denying: [ToolName] = [],
        further: [any Tool] = [],
        bounds: RunArguments.Bounds = HostFixture.bounds(),
        rules: [any PolicyRule] = [],
        prompts: [any Prompt] = [],
        providers: [any ResourceProvider] = [],
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) throws(ToolError) {
        self.runner = runner
        let tools = Self.tools(runner, bounds) + further
        let enabled = Set(tools.map(\.name)).subtracting(denying)
        host = ToolHost(
            catalogue: Catalogue(tools: try ToolRegistry(tools), prompts: prompts, providers: providers),
            policy: PolicyEngine(
                settings: PolicySettings(enabledTools: enabled, isCommandRestricted: false),
                rules: rules
            ),
            audit: audit,
            limits: limits,
            mechanism: "scripted/full",
            warning: nil,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            desk: ApprovalDesk(now: now)
        )
    }

    /// Every run ends the same way.
    init(_ outcome: ProcessOutcome) throws(ToolError) {
        try self.init(ScriptedRunner(.ends(outcome)))
    }

    static func bounds(grace: Duration = .seconds(600)) -> RunArguments.Bounds {
        RunArguments.Bounds(
            timeout: .seconds(30),
            maximumTimeout: .seconds(120),
            maxOutput: 1 << 20,
            grace: grace
        )
    }

    static func tools(
        _ runner: ScriptedRunner,
        _ bounds: RunArguments.Bounds = HostFixture.bounds()
    ) -> [any Tool] {
        [
            RunCommandTool(
                bash: ManagerSource(BashManager(runner: runner, programs: .all, workspace: nil)),
                bounds: bounds,
                commands: "all"
            ),
            RunPythonTool(
                python: ManagerSource(
                    PythonManager(
                        runner: FreshPythonRunner(sandbox: runner, kind: 1, interpreter: "/usr/bin/python3"),
                        workspace: nil
                    )
                ),
                bounds: bounds
            ),
        ]
    }

    static func limits(
        running: Int = 4,
        waiting: Int = 32,
        session: Int = 8,
        replyBytes: Int = 32 << 20
    ) -> LimitSettings {
        LimitSettings(
            exec: .init(running: running, waiting: waiting),
            files: .init(running: 16, waiting: 64),
            web: .init(running: 4, waiting: 16),
            sessionRunning: session,
            outputBytes: 1 << 20,
            outputKillBytes: 256 << 20,
            requestBytes: 32 << 20,
            replyBytes: replyBytes,
            sessions: 64,
            sessionIdle: .seconds(1800),
            connections: 64
        )
    }

    func bash(_ command: String = "true", session: String = "s") async -> ToolResult {
        await host.call("system_run_command", ["command": .string(command)], caller: Caller(session: session))
    }

    func python(_ code: String = "pass", session: String = "s") async -> ToolResult {
        await host.call("system_run_python", ["code": .string(code)], caller: Caller(session: session))
    }
}

extension ToolResult {
    /// A member of the structured content.
    subscript(key: String) -> JSONValue? { structuredContent?[key] }

    /// Whether the call happened and its program ended with status 0.
    var isSuccess: Bool { !isError && self["success"] == true }

    /// Why the call did not happen; nil for one that did.
    var refusal: String? { isError ? self["error"]?.stringValue ?? "" : nil }
}

extension ProcessOutcome {
    static let success = ProcessOutcome(ending: .exited(0))

    /// The end of a Python run that sent a result.
    static func python(_ channel: [UInt8]?) -> ProcessOutcome {
        ProcessOutcome(ending: .exited(0), result: channel)
    }
}
