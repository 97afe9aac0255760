// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// `system_run_command`: runs a bash command in the sandbox.
public struct RunCommandTool: Tool {
    /// The arguments of the tool.
    public struct Arguments: Sendable {
        var command = ""
        var workingDirectory: String?
        var timeout: Duration?
        var stdin: String?
        var maxOutput: Int?
    }

    /// `system_run_command`.
    public let name = ToolName.runCommand
    /// The tool's name for people.
    public let title = "Run a command"
    /// Starts programs, writes and may destroy files.
    public let effects: ToolEffects = [.runsPrograms, .readsFiles, .writesFiles, .destroys]
    private let bash: BashManager
    private let timeout: Duration
    private let maximum: Duration
    private let commands: String
    private let maxOutput: Int

    /// Makes the tool.
    ///
    /// - Parameters:
    ///   - bash: What runs commands.
    ///   - timeout: The time limit of a call that names none.
    ///   - maximum: The longest time limit.
    ///   - maxOutput: Bytes kept of each stream by a call that names none.
    ///   - commands: The programs that can be used, in words.
    public init(bash: BashManager, timeout: Duration, maximum: Duration, maxOutput: Int, commands: String) {
        self.bash = bash
        self.timeout = timeout
        self.maximum = maximum
        self.maxOutput = maxOutput
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

    /// The arguments.
    public var fields: ToolFields<Arguments> {
        ToolFields(
            Arguments(),
            [
                .required("command", \.command, maxLength: .max, "Command line for bash, at most 100 KiB."),
                .optional(
                    "working_dir",
                    \.workingDirectory,
                    maxLength: 4096,
                    default: "/",
                    "Folder to start in, in the workspace."
                ),
                .optional("timeout", \.timeout, upTo: maximum, default: timeout, "Time limit in seconds."),
                .optional("stdin", \.stdin, maxLength: .max, "Text for standard input, at most 10 MiB."),
                .optional(
                    "max_output",
                    \.maxOutput,
                    RunLimits.outputRange,
                    default: maxOutput,
                    "Bytes kept of each output stream; what is more is cut in the middle and saved to a file."
                ),
            ]
        )
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
    public func action(for arguments: Arguments) throws(ToolError) -> BashCommand {
        try BashCommand(
            arguments.command,
            workingDirectory: try SandboxPath(parsing: arguments.workingDirectory ?? "/"),
            limits: try RunLimits(
                timeout: arguments.timeout ?? timeout,
                maximumTimeout: maximum,
                stdin: arguments.stdin.map { Array($0.utf8) },
                maxOutput: arguments.maxOutput ?? maxOutput
            )
        )
    }

    /// Runs the command.
    public func call(_ arguments: Arguments, in context: ToolContext) async throws(ToolError) -> ToolOutput {
        let outcome = try await bash.run(try context.permit(action(for: arguments)))
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
