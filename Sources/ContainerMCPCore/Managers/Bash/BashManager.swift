// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPSandbox

/// Runs bash commands in the sandbox.
///
/// Takes permissions only. The kernel holds each command to the programs that its permission names: they are all
/// that the command's view of the file system contains.
public final class BashManager: Sendable {
    private let runner: any ProcessRunner
    private let kind: UInt32
    private let programs: ProgramAccess
    private let narrowed: NarrowedRunners?
    private let limits: StandingLimits
    private let outputs: OutputStore?

    /// Makes a manager.
    ///
    /// - Parameters:
    ///   - runner: The sandbox.
    ///   - kind: The kind of child whose view holds bash and `programs`.
    ///   - programs: What that view holds; a permission for fewer programs gets a view of its own.
    ///   - makeNarrowed: Starts a sandbox whose kind 0 holds bash and the given programs; nil refuses such permissions.
    ///   - limits: What holds for every command.
    ///   - workspace: Where full texts of long outputs are saved; nil for nowhere.
    public init(
        runner: any ProcessRunner,
        kind: UInt32 = 0,
        programs: ProgramAccess,
        makeNarrowed: (@Sendable ([String]) async throws(SandboxError) -> any ProcessRunner)? = nil,
        limits: StandingLimits = .commands,
        workspace: RootDirectory?
    ) {
        self.runner = runner
        self.kind = kind
        self.programs = programs
        self.limits = limits
        narrowed = makeNarrowed.map { NarrowedRunners(make: $0) }
        outputs = workspace.map { OutputStore(workspace: $0) }
    }

    /// Runs a command to its end.
    ///
    /// Cancelling the task kills every process of the command.
    ///
    /// - Parameters:
    ///   - permitted: Permission for the command.
    ///   - onOutput: Told what it prints, as it prints it; must neither wait nor work.
    /// - Returns: What became of it, also where a limit ended it.
    /// - Throws: ``ToolError``: `noSandbox` when it could not be confined, `invalidArgument` for a working directory
    ///   that does not exist, `cancelled`.
    public func run(
        _ permitted: Permitted<BashCommand>,
        onOutput: (@Sendable (_ stream: ProcessRequest.Stream, _ bytes: [UInt8]) -> Void)? = nil
    ) async throws(ToolError) -> RunOutcome {
        let command = permitted.action
        let saved = outputs?.reserve()
        let (runner, kind) = try await runner(for: permitted.programs)
        let request = ProcessRequest(
            program: "/bin/bash",
            arguments: ["bash", "--norc", "--noprofile", "-c", command.text],
            environment: ChildEnvironment.variables(runner) + ["SHELL=/bin/bash", "TERM=dumb"],
            directory: ChildEnvironment.path(of: command.workingDirectory, in: runner),
            input: command.stdin,
            limits: limits.limits(of: command.limits),
            openSavedOutput: saved?.opener,
            onOutput: onOutput
        )
        let outcome: ProcessOutcome
        do throws(SandboxError) {
            outcome = try await runner.run(request, as: kind)
        } catch {
            throw SandboxRefusal.toolError(error, workingDirectory: command.workingDirectory)
        }
        var result = try RunOutcome(outcome, saved: saved)
        // A shell answers 128 + n for a command that signal n ended; 25 is the signal of the file size limit.
        if outcome.ending == .exited(128 + 25) {
            result.exitCode = 137
            result.limit = .fileSize
        }
        return result
    }

    private func runner(for access: ProgramAccess) async throws(ToolError) -> (any ProcessRunner, UInt32) {
        guard access != programs, case .listed(let wanted) = access else { return (runner, kind) }
        guard let narrowed else {
            throw ToolError(
                .noSandbox,
                "No sandbox with fewer programs is at hand, so the command was not run."
            )
        }
        do throws(SandboxError) {
            return (try await narrowed.runner(for: wanted.map(\.entry)), 0)
        } catch {
            throw ToolError(.noSandbox, SandboxRefusal.text, cause: error.description)
        }
    }
}
