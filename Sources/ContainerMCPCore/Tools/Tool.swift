// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// Something that a client can call.
///
/// The host checks the arguments, finds a place for the call, writes the audit log and words the answer; a tool
/// parses, asks for permission, acts and reports.
public protocol Tool: Sendable {
    /// The arguments as the tool uses them.
    associatedtype Arguments: Sendable

    /// The name by which it is called: 1 to 64 characters of `A-Z a-z 0-9 _ . -`.
    var name: ToolName { get }
    /// Its name for people.
    var title: String { get }
    /// What it does, for the model.
    var summary: String { get }
    /// What it may do.
    var effects: ToolEffects { get }
    /// Its arguments.
    var fields: ToolFields<Arguments> { get }
    /// The JSON Schema of its structured result; an object at the root.
    var outputSchema: JSONValue? { get }

    /// Does the work.
    ///
    /// - Parameters:
    ///   - arguments: Checked against ``fields``.
    ///   - context: Who calls, and the way to permission.
    /// - Returns: The result of a call that happened, whatever became of it.
    /// - Throws: ``ToolError`` for a call that did not happen. Cancellation of the task must end the work soon.
    func call(_ arguments: Arguments, in context: ToolContext) async throws(ToolError) -> ToolOutput
}

extension Tool {
    /// The tool as clients see it.
    public var descriptor: ToolDescriptor {
        ToolDescriptor(
            name: name.rawValue,
            title: title,
            summary: summary,
            inputSchema: fields.schema,
            outputSchema: outputSchema,
            annotations: effects.annotations
        )
    }

    func call(raw arguments: JSONObject, in context: ToolContext) async throws(ToolError) -> ToolOutput {
        try await call(fields.decode(arguments), in: context)
    }
}
