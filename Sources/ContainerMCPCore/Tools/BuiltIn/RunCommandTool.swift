// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// `system_run_command`: runs a bash command in the sandbox.
public struct RunCommandTool: Tool {
    /// `system_run_command`.
    public let name = ToolName.runCommand
    /// The tool's name for people.
    public let title = "Run a command"
    /// Starts programs, writes and may destroy files.
    public let effects: ToolEffects = [.runsPrograms, .readsFiles, .writesFiles, .destroys]
    private let bash: ManagerSource<BashManager>
    private let bounds: RunArguments.Bounds
    private let commands: String

    /// Makes the tool.
    ///
    /// - Parameters:
    ///   - bash: What runs commands.
    ///   - bounds: What a call gets that does not ask, and the most it can ask for.
    ///   - commands: The programs that can be used, in words.
    public init(bash: ManagerSource<BashManager>, bounds: RunArguments.Bounds, commands: String) {
        self.bash = bash
        self.bounds = bounds
        self.commands = commands
    }

    /// What the tool does, for the model.
    public var summary: String {
        """
        Runs a bash command line in a sandbox without network. All of bash works (pipes, loops, functions, \
        here-documents); the programs at hand are: \(commands). The working folder is /workspace, which the file tools \
        share; /data can be read. Output, exit status and, at a limit, what came until then are returned.
        """
    }

    /// Long calls go on in the background where the client can follow them there.
    public var taskSupport: TaskSupport { .optional(.after(bounds.grace)) }

    /// At once where the call wants more time than a request may take.
    public func leave(for arguments: JSONObject) -> TaskSupport.Leave? {
        bounds.isLong(arguments["timeout"]) ? .atOnce : taskSupport.leave
    }

    /// The picture of the server.
    public var icons: [Icon] { [ServerIcon.icon] }

    /// The arguments.
    public var fields: ToolFields<RunArguments> {
        RunArguments.fields("command", "Command line for bash, at most 100 KiB.", bounds)
    }

    /// The schema of the result.
    public var outputSchema: JSONValue? {
        var members: JSONObject = [
            "stdout": RunSchema.typed("string", "Standard output."),
            "stderr": RunSchema.typed("string", "Standard error."),
        ]
        for (key, value) in RunSchema.runMembers { members[key] = value }
        members["error"] = RunSchema.typed("string", "Why the call did not happen.")
        return RunSchema.object(members, required: ["success"])
    }

    /// To run the command line, and each program that can be read from it.
    public func action(for arguments: RunArguments) throws(ToolError) -> BashCommand {
        try BashCommand(
            arguments.text,
            workingDirectory: arguments.folder(),
            limits: arguments.limits(bounds)
        )
    }

    /// Runs the command.
    public func call(_ arguments: RunArguments, in context: CallContext) async throws(ToolError) -> ToolOutput
    {
        let permitted = try context.permit(action(for: arguments))
        try await arguments.detachIfLong(bounds, context)
        let live = LiveOutput(context)
        defer { live?.finish() }
        let outcome = try await bash.use(for: context.caller) { bash async throws(ToolError) in
            try await bash.run(permitted, onOutput: live?.listener)
        }
        var result: JSONObject = ["stdout": .string(outcome.output), "stderr": .string(outcome.error)]
        RunSchema.add(outcome, to: &result)
        return ToolOutput(
            result,
            account: RunSchema.account(outcome),
            more: RunSchema.links(outcome),
            facts: RunSchema.facts(outcome)
        )
    }
}
