// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// `system_env_var`: shows settings as a child sees them.
public struct EnvironmentVariableTool: Tool {
    /// The arguments of the tool.
    public struct Arguments: Sendable {
        var name: String?
    }

    /// `system_env_var`.
    public let name = ToolName.environmentVariable
    /// The tool's name for people.
    public let title = "Show settings"
    /// What the tool does, for the model.
    public let summary =
        "Shows the server's settings, without secrets: all of them, or the one that is named."
    /// Changes nothing.
    public let effects: ToolEffects = []
    private let variables: [ConfigurationReport.Variable]

    /// Makes the tool.
    ///
    /// - Parameter variables: What may be shown; any other name answers like one that does not exist.
    public init(variables: [ConfigurationReport.Variable]) {
        self.variables = variables
    }

    /// The arguments.
    public let fields = ToolFields<Arguments>(
        Arguments(),
        [.optional("var_name", \.name, maxLength: 256, "The setting to show.")]
    )

    /// The schema of the result.
    public var outputSchema: JSONValue? {
        RunSchema.object(
            [
                "variables": .object([
                    "type": "object", "additionalProperties": ["type": "string"],
                    "description": "Names and values; empty for a name that is none.",
                ]),
                "requested_var": .object([
                    "type": ["string", "null"], "description": "The value of the named setting, or null.",
                ]),
                "success": RunSchema.typed("boolean", "False when the call did not happen."),
                "error": RunSchema.typed("string", "Why the call did not happen."),
                "warning": RunSchema.typed("string", "Said when the server runs without its sandbox."),
            ],
            required: []
        )
    }

    /// To see settings.
    public func action(for arguments: Arguments) throws(ToolError) -> ReadVariables {
        try ReadVariables(name: arguments.name)
    }

    /// Shows the settings.
    public func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        _ = try context.permit(action(for: arguments))
        let shown = variables.filter { variable in
            arguments.name.map { $0.utf8.elementsEqual(variable.name.utf8) } ?? true
        }
        var members = JSONObject()
        for variable in shown { members[variable.name] = .string(variable.value) }
        let requested = arguments.name == nil ? nil : shown.first?.value
        return ToolOutput([
            "variables": .object(members), "requested_var": requested.map { .string($0) } ?? .null,
            "success": true,
        ])
    }
}
