// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

/// Runs a tiny program as a call would, and looks whether it ran and was held.
///
/// At most one runs at a time, whoever asks: those who ask meanwhile are given its outcome. So callers can't take more
/// than one place with it.
actor SelfTest {
    /// What came of it.
    struct Outcome: Sendable, Equatable {
        /// Whether the program ran, and was held where it had to be.
        let passed: Bool
        /// What was found, in words that name nothing of the machine.
        let detail: String
        /// How long it took.
        let duration: Duration
    }

    /// The longest that the program may run.
    static let patience = Duration.seconds(5)

    private let runner: any ProcessRunner
    private let kind: UInt32
    private let limits: ProcessRequest.Limits
    private var running: Task<Outcome, Never>?

    /// Makes a test.
    ///
    /// - Parameters:
    ///   - runner: The sandbox.
    ///   - kind: A kind of child whose view holds bash.
    ///   - limits: What holds for commands.
    init(runner: any ProcessRunner, kind: UInt32, limits: StandingLimits) {
        self.runner = runner
        self.kind = kind
        self.limits = ProcessRequest.Limits(
            time: Self.patience,
            memory: limits.memory,
            processes: limits.processes,
            openFiles: limits.openFiles,
            keptOutput: 1_024,
            totalOutput: 65_536
        )
    }

    /// Runs the test, or waits for the one that runs.
    ///
    /// A caller that gives up does not end it: it is the others' as well, and ends in time by itself.
    func run() async -> Outcome {
        if let running { return await running.value }
        let task = Task { await self.test() }
        running = task
        let outcome = await task.value
        running = nil
        return outcome
    }

    /// Says the word back, and tells whether a file that every machine has and no call sees can be opened.
    private static let script = """
        printf %s "$1"; if { : </etc/hostname; } 2>/dev/null; then printf %s ' open'; fi
        """

    private func test() async -> Outcome {
        // One that nobody knows before: what an old run or a fault left can't pass for an answer.
        let word = String(UInt64.random(in: .min ... .max), radix: 16)
        let request = ProcessRequest(
            program: "/bin/bash",
            arguments: ["bash", "--norc", "--noprofile", "-c", Self.script, "self-test", word],
            environment: ChildEnvironment.variables(runner),
            directory: runner.workspacePath,
            limits: limits
        )
        let started = ContinuousClock.now
        let finding: (passed: Bool, detail: String)
        do throws(SandboxError) {
            finding = judge(try await runner.run(request, as: kind), word)
        } catch {
            finding = (false, "the program could not be started in the sandbox")
        }
        return Outcome(
            passed: finding.passed,
            detail: finding.detail,
            duration: started.duration(to: .now)
        )
    }

    private func judge(_ outcome: ProcessOutcome, _ word: String) -> (passed: Bool, detail: String) {
        switch outcome.ending {
        case .exited(0): break
        case .timedOut: return (false, "the program did not end within \(Self.patience.components.seconds) s")
        case .limit: return (false, "a limit ended the program")
        case .exited, .signalled, .cancelled: return (false, "the program ended otherwise than it should")
        }
        let said = String(decoding: outcome.output.head + outcome.output.tail, as: UTF8.self)
        guard said == word || said == word + " open" else {
            return (false, "the program did not say what it should")
        }
        guard runner.report.level != .none else { return (true, "a program ran, without a sandbox") }
        guard said == word else { return (false, "the program could open a file of the machine") }
        return (true, "a program ran, and a file of the machine was kept from it")
    }
}
