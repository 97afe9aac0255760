// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol
public import ContainerMCPSandbox

/// Runs Python code in the sandbox.
///
/// Takes permissions only. Code runs as a module would: functions, classes, imports and
/// `if __name__ == "__main__"` work, and the value of `_` comes back as data.
public final class PythonManager: Sendable {
    /// What became of a run, with the value of `_`.
    public struct Outcome: Sendable, Equatable {
        /// What became of the process.
        public var run: RunOutcome
        /// The value of `_`; null after an exception, at a limit, or where there was none.
        public var result: JSONValue
        /// Whether there was a value of more than 1 MiB.
        public var isResultTruncated: Bool
    }

    private let runner: any PythonRunner
    private let limits: StandingLimits
    private let outputs: OutputStore?

    /// Makes a manager.
    ///
    /// - Parameters:
    ///   - runner: What runs the code.
    ///   - limits: What holds for every run.
    ///   - workspace: Where full texts of long outputs are saved; nil for nowhere.
    public init(runner: any PythonRunner, limits: StandingLimits = .python, workspace: RootDirectory?) {
        self.runner = runner
        self.limits = limits
        outputs = workspace.map { OutputStore(workspace: $0) }
    }

    /// Runs code to its end.
    ///
    /// Cancelling the task kills every process of the run.
    ///
    /// - Parameters:
    ///   - permitted: Permission for the code.
    ///   - onOutput: Told what it prints, as it prints it; must neither wait nor work.
    /// - Returns: What became of it, also where a limit ended it.
    /// - Throws: ``ToolError``: `noSandbox` when it could not be confined, `invalidArgument` for a working directory
    ///   that does not exist, `cancelled`.
    public func run(
        _ permitted: Permitted<PythonProgram>,
        onOutput: (@Sendable (_ stream: ProcessRequest.Stream, _ bytes: [UInt8]) -> Void)? = nil
    ) async throws(ToolError) -> Outcome {
        let program = permitted.action
        let saved = outputs?.reserve()
        let run = PythonRun(
            code: Array(program.code.utf8),
            directory: ChildEnvironment.path(of: program.workingDirectory, in: runner.sandbox),
            input: program.stdin,
            limits: limits.limits(of: program.limits),
            openSavedOutput: saved?.opener,
            onOutput: onOutput
        )
        let process: ProcessOutcome
        do throws(SandboxError) {
            process = try await runner.run(run)
        } catch {
            throw SandboxRefusal.toolError(error, workingDirectory: program.workingDirectory)
        }
        let outcome = try RunOutcome(process, saved: saved)
        let result = outcome.isSuccess ? PythonResult(channel: process.result) : PythonResult(value: .null)
        return Outcome(run: outcome, result: result.value, isResultTruncated: result.isTruncated)
    }
}
