// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

/// The tools and prompts that the settings turn on.
struct BuiltInTools {
    let settings: Settings
    let interpreter: String?
    let programs: ProgramTable
    let bash: ManagerSource<BashManager>
    let python: ManagerSource<PythonManager>
    let files: ManagerSource<SandboxFileManager>
    let health: ServerHealth

    /// The tools of a server.
    init(
        settings: Settings,
        interpreter: String?,
        programs: ProgramTable,
        bash: ManagerSource<BashManager>,
        python: ManagerSource<PythonManager>,
        files: ManagerSource<SandboxFileManager>,
        health: ServerHealth
    ) {
        self.settings = settings
        self.interpreter = interpreter
        self.programs = programs
        self.bash = bash
        self.python = python
        self.files = files
        self.health = health
    }

    /// Tools that can be described and not called.
    init(outlineOf settings: Settings, interpreter: String?, programs: ProgramTable) {
        let refusal = ToolError(.noSandbox, "There is no server behind this tool.")
        self.init(
            settings: settings,
            interpreter: interpreter,
            programs: programs,
            bash: ManagerSource(refusing: refusal),
            python: ManagerSource(refusing: refusal),
            files: ManagerSource(refusing: refusal),
            health: ServerHealth(settings: settings, runner: RefusingRunner(), hasPython: interpreter != nil)
        )
    }

    var all: [any Tool] {
        (settings.tools.offersSystem ? system : [])
            + (settings.tools.offersFiles ? Self.fileTools(files) : []) + [HealthCheckTool(health: health)]
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
        if interpreter != nil {
            tools.append(
                RunPythonTool(
                    python: python,
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

    /// The prompts that work with the tools.
    var prompts: [any Prompt] {
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
        let outline = BuiltInTools(
            outlineOf: settings,
            interpreter: hasPython ? "python3" : nil,
            programs: ProgramTable(programs: [], searchPath: [])
        )
        return Set(outline.prompts.map { $0.descriptor.name })
    }

    private static func fileTools(_ files: ManagerSource<SandboxFileManager>) -> [any Tool] {
        [
            FileReadTool(files: files), FileWriteTool(files: files), FileListTool(files: files),
            FileDeleteTool(files: files), FileMoveTool(files: files),
        ]
    }
}
