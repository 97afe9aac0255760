// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// `health_check`: tells how the server does, how calls are confined, and whether a confined program runs.
public struct HealthCheckTool: Tool {
    /// The arguments of the tool.
    public struct Arguments: Sendable {
        var verbose: Bool?
        var selfTest: Bool?
    }

    /// `health_check`.
    public let name = ToolName.healthCheck
    /// The tool's name for people.
    public let title = "Check the server"
    /// What the tool does, for the model.
    public let summary = """
        Tells how the server does: version, uptime, load, limits, which tools are on, and how calls are confined, layer \
        by layer. With self_test a tiny program is run in the sandbox to see whether that works now.
        """
    /// Changes nothing, and needs the scope to read; the program of the self-test is the server's own.
    public let effects: ToolEffects = [.readsFiles]
    private let health: ServerHealth

    /// Makes the tool.
    ///
    /// - Parameter health: What tells about the server.
    public init(health: ServerHealth) {
        self.health = health
    }

    /// The arguments.
    public let fields = ToolFields<Arguments>(
        Arguments(),
        [
            .optional(
                "verbose",
                \.verbose,
                default: false,
                "Tell every promise and what each missing layer means, too."
            ),
            .optional(
                "self_test",
                \.selfTest,
                default: false,
                "Run a tiny program in the sandbox; takes 5 s at most."
            ),
        ]
    )

    /// The schema of the result.
    public var outputSchema: JSONValue? {
        RunSchema.object(
            [
                "status": .object([
                    "type": "string", "enum": ["ok", "reduced", "unprotected", "failing"],
                    "description": """
                    ok; reduced when a promise of the sandbox holds with a gap; unprotected without a sandbox; failing when the \
                    self-test failed.
                    """,
                ]),
                "version": RunSchema.typed("string", "Version of the server."),
                "uptime_seconds": RunSchema.typed("integer", "How long it has been running."),
                "level": RunSchema.typed(["string", "null"], "full, noproc, filtered or none."),
                "backend": RunSchema.typed("string", "What builds the outer wall of the sandbox."),
                "managers": .object([
                    "type": "object", "additionalProperties": ["type": "boolean"],
                    "description": "Which kinds of tools are on: bash, python, file, web.",
                ]),
                "load": RunSchema.typed(
                    "object",
                    """
                    The machine's load average over 1, 5 and 15 minutes, and the calls that run and wait (this one is one of \
                    'files').
                    """
                ),
                "limits": .object([
                    "type": "object", "additionalProperties": ["type": "integer"],
                    "description": "What a call may use at most.",
                ]),
                "sandbox": RunSchema.typed(
                    "object",
                    "Each layer of protection with what the kernel confirmed, and the promises that are weaker here."
                ),
                "self_test": RunSchema.typed(
                    "object",
                    "Whether a program ran confined (passed, detail, milliseconds); only when it was asked for."
                ),
                "success": RunSchema.typed(
                    "boolean",
                    "False when the self-test failed or the call did not happen."
                ),
                "error": RunSchema.typed("string", "Why the call did not happen."),
                "warning": RunSchema.typed("string", "Said when the server runs without its sandbox."),
            ],
            required: ["success"]
        )
    }

    /// To see the server's health.
    public func action(for arguments: Arguments) throws(ToolError) -> ReadHealth { ReadHealth() }

    /// Tells how the server does.
    public func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        _ = try context.permit(action(for: arguments))
        return ToolOutput(
            await health.reading(isVerbose: arguments.verbose ?? false, isTested: arguments.selfTest ?? false)
        )
    }
}
