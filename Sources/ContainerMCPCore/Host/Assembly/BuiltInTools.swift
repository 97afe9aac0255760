// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

/// The tools that the settings turn on, with the managers behind them.
struct BuiltInTools {
    let settings: Settings
    let factory: SandboxFactory
    let sandbox: any ProcessRunner
    let workspace: RootDirectory
    let data: RootDirectory
    let interpreter: String?
    let programs: ProgramTable
    let threads: BlockingThreads

    var all: [any Tool] {
        (settings.tools.offersSystem ? system : []) + (settings.tools.offersFiles ? fileTools : [])
    }

    private var system: [any Tool] {
        let keptOutput = min(settings.limits.outputBytes, RunLimits.outputRange.upperBound)
        var tools: [any Tool] = [
            RunCommandTool(
                bash: bash,
                bounds: RunArguments.Bounds(
                    timeout: settings.bash.timeout,
                    maximumTimeout: settings.bash.timeoutMaximum,
                    maxOutput: keptOutput
                ),
                commands: shownCommands
            )
        ]
        if let interpreter {
            tools.append(
                RunPythonTool(
                    python: python(interpreter),
                    bounds: RunArguments.Bounds(
                        timeout: settings.python.timeout,
                        maximumTimeout: settings.python.timeoutMaximum,
                        maxOutput: keptOutput
                    )
                )
            )
        }
        tools.append(EnvironmentVariableTool(variables: ConfigurationReport(settings).visibleVariables))
        return tools
    }

    private var shownCommands: String {
        guard settings.sandbox.restrictsCommands else { return "all that are installed" }
        let names = programs.programs.filter { !$0.paths.isEmpty }.map(\.entry)
        return names.isEmpty ? "none" : names.joined(separator: ", ")
    }

    var bash: BashManager {
        let (factory, workspace) = (factory, workspace)
        return BashManager(
            runner: sandbox,
            kind: SandboxFactory.bashKind,
            programs: settings.sandbox.restrictsCommands ? .listed(programs.programs) : .all,
            makeNarrowed: { commands async throws(SandboxError) in
                try await factory.start(.bash, commands: commands, interpreter: nil, workspace: workspace)
            },
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

    private var fileTools: [any Tool] {
        let files = files
        return [
            FileReadTool(files: files), FileWriteTool(files: files), FileListTool(files: files),
            FileDeleteTool(files: files), FileMoveTool(files: files),
        ]
    }
}
