// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPSandbox
internal import Synchronization

/// A sandbox that runs nothing and plays a script, for tests of what stands above it.
///
/// It keeps the promises of ``ProcessRunner``: a run that is cancelled ends with the ending `cancelled`, one
/// that is cancelled before it begins throws.
public final class ScriptedRunner: ProcessRunner {
    /// What becomes of one run.
    public indirect enum Scene: Sendable {
        /// It ends at once.
        case ends(ProcessOutcome)
        /// It goes on until the gate is open, then ends.
        case waits(Gate, then: ProcessOutcome)
        /// It prints text on standard output, which a listener hears of, and goes on with another scene; the
        /// outcome has to repeat the text if it shall be in the result.
        case prints(String, then: Scene)
        /// It goes on until the gate is open, then with another scene.
        case pauses(Gate, then: Scene)
        /// Nothing was run.
        case fails(SandboxError)
    }

    /// A run that was asked for.
    public struct Run: Sendable {
        /// What was to be run.
        public let request: ProcessRequest
        /// As which kind of child.
        public let kind: UInt32
    }

    private struct State {
        var runs: [Run] = []
        var running = 0
        var mostRunning = 0
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    /// What is said to be in force: everything, at level `full`.
    public let report: EnforcementReport
    /// The workspace as a child sees it.
    public let workspacePath = "/workspace"
    /// The data folder as a child sees it.
    public let dataPath = "/data"
    private let script: @Sendable (Run) -> Scene
    private let state = Mutex(State())

    /// Makes a runner.
    ///
    /// - Parameter script: Says what becomes of a run; called on the task of the run, from many at once.
    public init(script: @escaping @Sendable (Run) -> Scene) {
        self.script = script
        let statuses = Mechanism.allCases.map { ($0, EnforcementReport.Status.enforced) }
        report = EnforcementReport(level: .full, statuses: Dictionary(statuses) { first, _ in first })
    }

    /// Makes a runner that plays the same scene for every run.
    public convenience init(_ scene: Scene) {
        self.init { _ in scene }
    }

    /// The runs so far, in the order in which they began.
    public var runs: [Run] { state.withLock { $0.runs } }

    /// How many go on now.
    public var running: Int { state.withLock { $0.running } }

    /// How many went on at once at most.
    public var mostRunning: Int { state.withLock { $0.mostRunning } }

    /// Returns when so many runs have begun since the runner was made, those that have ended included.
    public func begun(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                guard state.runs.count < count else { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    /// Plays one run.
    public func run(_ request: ProcessRequest, as kind: UInt32) async throws(SandboxError) -> ProcessOutcome {
        guard !Task.isCancelled else {
            throw SandboxError(.cancelled, "the call was given up before it began")
        }
        let run = Run(request: request, kind: kind)
        begin(run)
        defer { state.withLock { $0.running -= 1 } }
        var scene = script(run)
        while true {
            switch scene {
            case .ends(let outcome): return outcome
            case .fails(let error): throw error
            case .waits(let gate, let outcome):
                return await gate.pass() ? outcome : ProcessOutcome(ending: .cancelled)
            case .prints(let text, let next):
                request.onOutput?(.output, Array(text.utf8))
                scene = next
            case .pauses(let gate, let next):
                guard await gate.pass() else { return ProcessOutcome(ending: .cancelled) }
                scene = next
            }
        }
    }

    private func begin(_ run: Run) {
        let reached = state.withLock { state in
            state.runs.append(run)
            state.running += 1
            state.mostRunning = max(state.mostRunning, state.running)
            let reached = state.waiters.filter { $0.count <= state.runs.count }
            state.waiters.removeAll { $0.count <= state.runs.count }
            return reached
        }
        for waiter in reached { waiter.continuation.resume() }
    }
}
