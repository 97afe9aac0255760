// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

/// Puts the managers of one workspace together.
struct WorkspaceMaker {
    let settings: Settings
    let factory: SandboxFactory
    let sandbox: any ProcessRunner
    /// Starts a sandbox whose kind 0 holds bash and fewer programs than the settings list.
    let narrowed: @Sendable ([String]) async throws(SandboxError) -> any ProcessRunner
    let workspace: RootDirectory
    let data: RootDirectory
    let interpreter: String?
    let programs: ProgramTable
    let threads: BlockingThreads

    func workspace(
        _ key: WorkspaceKey,
        changes: ChangeBus,
        release: @escaping @Sendable () -> Void = {}
    ) -> Workspace {
        let files = files
        return Workspace(
            key: key,
            files: files,
            bash: bash,
            python: interpreter.map { python($0) },
            resources: WorkspaceResources(
                files: files,
                workspace: workspace,
                data: data,
                allowedEndings: Set(settings.files.allowedExtensions)
            ) { change in
                changes.publish(change, in: key == .shared ? nil : key)
            },
            release: release
        )
    }

    var bash: BashManager {
        BashManager(
            runner: sandbox,
            kind: SandboxFactory.bashKind,
            programs: settings.sandbox.restrictsCommands ? .listed(programs.programs) : .all,
            makeNarrowed: narrowed,
            limits: StandingLimits(settings, memory: settings.bash.memoryBytes),
            workspace: workspace
        )
    }

    func python(_ interpreter: String) -> PythonManager {
        PythonManager(
            runner: FreshPythonRunner(
                sandbox: sandbox,
                kind: SandboxFactory.pythonKind,
                interpreter: interpreter
            ),
            limits: StandingLimits(settings, memory: settings.python.memoryBytes),
            workspace: workspace
        )
    }

    var files: SandboxFileManager {
        Self.files(settings: settings, factory: factory, workspace: workspace, data: data, threads: threads)
    }

    static func files(
        settings: Settings,
        factory: SandboxFactory,
        workspace: RootDirectory,
        data: RootDirectory,
        threads: BlockingThreads
    ) -> SandboxFileManager {
        SandboxFileManager(
            workspace: workspace,
            data: data,
            limits: FileLimits(
                allowedEndings: Set(settings.files.allowedExtensions),
                maxFileBytes: settings.files.maximumBytes,
                maxReplyBytes: max(1 << 20, settings.limits.replyBytes - (1 << 20))
            ),
            threads: threads,
            refuseWrites: {
                guard factory.isOverQuota(workspace) else { return nil }
                return ToolError(
                    .limitExceeded,
                    "The workspace is full (bytes or names). Delete what is not needed, then write again."
                )
            }
        )
    }
}
