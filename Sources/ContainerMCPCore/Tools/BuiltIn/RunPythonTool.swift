// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// `system_run_python`: runs Python code in the sandbox.
public struct RunPythonTool: Tool {
    /// `system_run_python`.
    public let name = ToolName.runPython
    /// The tool's name for people.
    public let title = "Run Python"
    /// Starts programs, writes and may destroy files.
    public let effects: ToolEffects = [.runsPrograms, .readsFiles, .writesFiles, .destroys]
    private let python: ManagerSource<PythonManager>
    private let bounds: RunArguments.Bounds

    /// Makes the tool.
    ///
    /// - Parameters:
    ///   - python: What runs code.
    ///   - bounds: What a call gets that does not ask, and the most it can ask for.
    public init(python: ManagerSource<PythonManager>, bounds: RunArguments.Bounds) {
        self.python = python
        self.bounds = bounds
    }

    /// What the tool does, for the model.
    public let summary = """
        Runs Python 3 code with the standard library in a sandbox without network, each time in a fresh interpreter. \
        What it prints comes back, and so does the value of the variable '_' as data ('result'). The working folder \
        is /workspace, which the file tools share; modules there can be imported, /data can be read.
        """

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
        RunArguments.fields(
            "code",
            "Python code, at most 1 MiB. Assign to '_' what should come back as data.",
            bounds
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
    public func action(for arguments: RunArguments) throws(ToolError) -> PythonProgram {
        try PythonProgram(
            arguments.text,
            workingDirectory: arguments.folder(),
            limits: arguments.limits(bounds)
        )
    }

    /// Runs the code.
    public func call(_ arguments: RunArguments, in context: CallContext) async throws(ToolError) -> ToolOutput
    {
        let permitted = try context.permit(action(for: arguments))
        try await arguments.detachIfLong(bounds, context)
        let live = LiveOutput(context)
        defer { live?.finish() }
        let outcome = try await python.use(for: context.caller) { python async throws(ToolError) in
            try await python.run(permitted, onOutput: live?.listener)
        }
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
