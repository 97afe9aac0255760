// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import ContainerMCPSandbox
internal import Glibc
internal import Synchronization

/// What a running server tells about itself; without places of the host and without secrets.
public final class ServerHealth: Sendable {
    private struct WeakHost {
        weak var host: ToolHost?
    }

    private let settings: Settings
    private let report: ProtectionReport
    private let started: ContinuousClock.Instant
    private let now: @Sendable () -> ContinuousClock.Instant
    private let average: @Sendable () -> [Double]
    private let selfTest: SelfTest
    private let hasPython: Bool
    private let host = Mutex(WeakHost())

    init(
        settings: Settings,
        runner: any ProcessRunner,
        hasPython: Bool,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        average: @escaping @Sendable () -> [Double] = ServerHealth.loadAverage
    ) {
        self.settings = settings
        self.hasPython = hasPython
        self.now = now
        self.average = average
        started = now()
        report = ProtectionReport(forCallers: runner.report)
        selfTest = SelfTest(
            runner: runner,
            kind: SandboxFactory.bashKind,
            limits: StandingLimits(settings, memory: settings.bash.memoryBytes)
        )
    }

    /// From now on the calls of this host are counted; it is not kept alive.
    func watch(_ host: ToolHost) {
        self.host.withLock { $0 = WeakHost(host: host) }
    }

    /// The state of the server.
    ///
    /// - Parameters:
    ///   - isVerbose: Whether every promise and what missing layers mean is told, too.
    ///   - isTested: Whether a program is run for it.
    /// - Returns: The members of the answer.
    func reading(isVerbose: Bool, isTested: Bool) async -> JSONObject {
        let outcome = isTested ? await selfTest.run() : nil
        let host = host.withLock { $0.host }
        let hasFailed = outcome?.passed == false
        var members: JSONObject = [
            "status": .string(status(hasFailed: hasFailed)), "version": .string(ContainerMCPServer.version),
            "uptime_seconds": .integer(max(0, started.duration(to: now()).components.seconds)),
            "level": report.level.map { .string($0.rawValue) } ?? .null,
            "backend": .string(report.backend.rawValue),
            "managers": managers(host), "load": load(host), "limits": limits,
            "sandbox": isVerbose ? report.json : shortReport,
        ]
        if let outcome {
            let (seconds, attoseconds) = outcome.duration.components
            members["self_test"] = [
                "passed": .bool(outcome.passed), "detail": .string(outcome.detail),
                "milliseconds": .integer(seconds &* 1_000 &+ attoseconds / 1_000_000_000_000_000),
            ]
        }
        members["success"] = .bool(!hasFailed)
        return members
    }

    private func status(hasFailed: Bool) -> String {
        if hasFailed { return "failing" }
        if report.level == SandboxLevel.none { return "unprotected" }
        return report.promises.contains { $0.state != .kept } ? "reduced" : "ok"
    }

    /// Level, layers and what is weaker here; the rest is the same on every machine or follows from it.
    private var shortReport: JSONValue {
        guard case .object(var object) = report.json else { return .null }
        object["missing"] = nil
        object["promises"] = nil
        return .object(object)
    }

    /// By what is on offer, so that a setting without tools behind it does not count.
    private func managers(_ host: ToolHost?) -> JSONValue {
        let names = host?.registry.names ?? Set(PolicySettings.toolNames(settings).map(\.rawValue))
        let isPythonThere = host != nil || hasPython
        return [
            "bash": .bool(names.contains(ToolName.runCommand.rawValue)),
            "python": .bool(names.contains(ToolName.runPython.rawValue) && isPythonThere),
            "file": .bool(names.contains(ToolName.fileRead.rawValue)),
            "web": .bool(names.contains { $0.hasPrefix("web_") }),
        ]
    }

    private func load(_ host: ToolHost?) -> JSONValue {
        let counts = host?.gate.counts ?? [:]
        var calls = JSONObject()
        let kinds: [(AdmissionGate.Kind, LimitSettings.Places)] = [
            (.exec, settings.limits.exec), (.files, settings.limits.files), (.web, settings.limits.web),
        ]
        for (kind, places) in kinds {
            let count = counts[kind] ?? (running: 0, waiting: 0)
            calls[kind.rawValue] = [
                "running": .integer(Int64(count.running)), "waiting": .integer(Int64(count.waiting)),
                "running_max": .integer(Int64(places.running)),
                "waiting_max": .integer(Int64(places.waiting)),
            ]
        }
        return [
            "average": .array(average().map { .number(($0 * 100).rounded() / 100) }), "calls": .object(calls),
        ]
    }

    private var limits: JSONValue {
        let values: [(String, Int)] = [
            ("command_seconds", Int(settings.bash.timeoutMaximum.components.seconds)),
            ("command_memory_bytes", settings.bash.memoryBytes),
            ("python_seconds", Int(settings.python.timeoutMaximum.components.seconds)),
            ("python_memory_bytes", settings.python.memoryBytes),
            ("processes", settings.sandbox.maximumProcesses),
            ("open_files", settings.sandbox.maximumDescriptors),
            ("workspace_bytes", settings.sandbox.workspaceBytes),
            ("workspace_names", settings.sandbox.workspaceNames),
            ("tmp_bytes", settings.sandbox.temporaryBytes),
            ("file_bytes", settings.files.maximumBytes), ("output_bytes", settings.limits.outputBytes),
            ("calls_of_a_session", settings.limits.sessionRunning),
        ]
        var object = JSONObject()
        for (name, value) in values { object[name] = .integer(Int64(value)) }
        return .object(object)
    }

    /// The machine's load over 1, 5 and 15 minutes; empty where it is not told.
    private static func loadAverage() -> [Double] {
        var averages = [0.0, 0.0, 0.0]
        let count = unsafe averages.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.baseAddress.map { unsafe getloadavg($0, 3) } ?? -1
        }
        return Array(averages.prefix(max(0, Int(count)))).filter(\.isFinite)
    }
}
