// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import ContainerMCPSandbox
internal import Logging

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

    var all: [any Tool] { tools(files, health) }

    func tools(_ files: SandboxFileManager, _ health: ServerHealth) -> [any Tool] {
        (settings.tools.offersSystem ? system : [])
            + (settings.tools.offersFiles ? Self.fileTools(files) : []) + [HealthCheckTool(health: health)]
    }

    /// What tells about the server from now on.
    var health: ServerHealth {
        ServerHealth(settings: settings, runner: sandbox, hasPython: interpreter != nil)
    }

    private var system: [any Tool] {
        let keptOutput = min(settings.limits.outputBytes, RunLimits.outputRange.upperBound)
        var tools: [any Tool] = [
            RunCommandTool(
                bash: bash,
                bounds: RunArguments.Bounds(
                    timeout: settings.bash.timeout,
                    maximumTimeout: settings.bash.timeoutMaximum,
                    maxOutput: keptOutput,
                    backgroundTimeout: settings.tools.taskTimeoutMaximum,
                    grace: settings.tools.taskGrace
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
                        maxOutput: keptOutput,
                        backgroundTimeout: settings.tools.taskTimeoutMaximum,
                        grace: settings.tools.taskGrace
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

    /// The prompts that work with the tools.
    func prompts(_ files: SandboxFileManager) -> [any Prompt] {
        let commands: PromptFacts.Commands =
            if !settings.tools.offersSystem {
                .notOffered
            } else if !settings.sandbox.restrictsCommands {
                .all
            } else {
                .listed(programs.programs.filter { !$0.paths.isEmpty }.map(\.entry))
            }
        let facts = PromptFacts(
            commands: commands,
            hasPython: settings.tools.offersSystem && interpreter != nil,
            files: settings.tools.offersFiles ? files : nil,
            allowedEndings: Set(settings.files.allowedExtensions),
            longestRun: settings.bash.timeoutMaximum
        )
        return BuiltInPrompts(facts).all
    }

    /// The names of the prompts that a server with these settings will offer.
    static func promptNames(_ settings: Settings, hasPython: Bool) -> Set<String> {
        let nothing = RootDirectory()
        let outline = BuiltInTools(
            settings: settings,
            factory: SandboxFactory(
                settings: settings,
                logger: Logger(label: "outline") { _ in SwiftLogNoOpLogHandler() }
            ),
            sandbox: RefusingRunner(),
            workspace: nothing,
            data: nothing,
            interpreter: hasPython ? "python3" : nil,
            programs: ProgramTable(programs: [], searchPath: []),
            threads: BlockingThreads(limit: 1, waiting: 0)
        )
        return Set(outline.prompts(outline.files).map { $0.descriptor.name })
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

    private static func fileTools(_ files: SandboxFileManager) -> [any Tool] {
        [
            FileReadTool(files: files), FileWriteTool(files: files), FileListTool(files: files),
            FileDeleteTool(files: files), FileMoveTool(files: files),
        ]
    }
}
