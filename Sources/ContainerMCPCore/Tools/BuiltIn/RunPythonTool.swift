// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// `system_run_python`: runs Python code in the sandbox.
public struct RunPythonTool: Tool {
    /// The arguments of the tool.
    public struct Arguments: Sendable {
        var code = ""
        var workingDirectory: String?
        var timeout: Duration?
        var stdin: String?
        var maxOutput: Int?
    }

    /// `system_run_python`.
    public let name = ToolName.runPython
    /// The tool's name for people.
    public let title = "Run Python"
    /// Starts programs, writes and may destroy files.
    public let effects: ToolEffects = [.runsPrograms, .readsFiles, .writesFiles, .destroys]
    private let python: PythonManager
    private let timeout: Duration
    private let maximum: Duration
    private let maxOutput: Int

    /// Makes the tool.
    ///
    /// - Parameters:
    ///   - python: What runs code.
    ///   - timeout: The time limit of a call that names none.
    ///   - maximum: The longest time limit.
    ///   - maxOutput: Bytes kept of each stream by a call that names none.
    public init(python: PythonManager, timeout: Duration, maximum: Duration, maxOutput: Int) {
        self.python = python
        self.timeout = timeout
        self.maximum = maximum
        self.maxOutput = maxOutput
    }

    /// What the tool does, for the model.
    public let summary = """
        Runs Python 3 code with the standard library in a sandbox without network, each time in a fresh interpreter. \
        What it prints comes back, and so does the value of the variable '_' as data ('result'). The working folder \
        is /workspace, which the file tools share; modules there can be imported, /data can be read.
        """

    /// The arguments.
    public var fields: ToolFields<Arguments> {
        ToolFields(
            Arguments(),
            [
                .required(
                    "code",
                    \.code,
                    maxLength: .max,
                    "Python code, at most 1 MiB. Assign to '_' what should come back as data."
                ),
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
            "output": RunSchema.typed("string", "Standard output."),
            "error": RunSchema.typed(
                "string",
                "Standard error and the traceback; or why the call did not happen."
            ),
            "result": .object([
                "description": "The value of '_'; null if there is none or after an exception."
            ]),
            "result_truncated": RunSchema.typed("boolean", "True when the value had more than 1 MiB."),
        ]
        for (key, value) in RunSchema.runMembers { members[key] = value }
        return RunSchema.object(members, required: ["success"])
    }

    /// To run Python code.
    public func action(for arguments: Arguments) throws(ToolError) -> PythonProgram {
        try PythonProgram(
            arguments.code,
            workingDirectory: try SandboxPath(parsing: arguments.workingDirectory ?? "/"),
            limits: try RunLimits(
                timeout: arguments.timeout ?? timeout,
                maximumTimeout: maximum,
                stdin: arguments.stdin.map { Array($0.utf8) },
                maxOutput: arguments.maxOutput ?? maxOutput
            )
        )
    }

    /// Runs the code.
    public func call(_ arguments: Arguments, in context: ToolContext) async throws(ToolError) -> ToolOutput {
        let outcome = try await python.run(try context.permit(action(for: arguments)))
        var result: JSONObject = [
            "output": .string(outcome.run.output), "error": .string(outcome.run.error),
            "result": outcome.result,
        ]
        if outcome.isResultTruncated { result["result_truncated"] = true }
        RunSchema.add(outcome.run, to: &result)
        return ToolOutput(
            result,
            account: RunSchema.account(outcome.run),
            more: RunSchema.links(outcome.run),
            facts: RunSchema.facts(outcome.run)
        )
    }
}
