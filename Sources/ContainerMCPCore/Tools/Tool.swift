// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// Something that a client can call.
///
/// The host checks the arguments, finds a place for the call, writes the audit log and words the answer; a tool
/// parses, asks for permission, acts and reports.
public protocol Tool: Sendable {
    /// The arguments as the tool uses them.
    associatedtype Arguments: Sendable
    /// What the tool asks permission for; `Never` where that is known only while it works.
    associatedtype Action: PolicedAction = Never

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
    /// The JSON Schema of its arguments; that of ``fields`` unless the tool says otherwise.
    ///
    /// An own one travels to clients as it is written; the arguments are still decoded by ``fields``.
    var inputSchema: JSONValue { get }
    /// The JSON Schema of its structured result; an object at the root.
    var outputSchema: JSONValue? { get }
    /// Pictures for it; none unless the tool says otherwise.
    var icons: [Icon] { get }
    /// Whether its calls may go on in the background; never unless the tool says otherwise.
    var taskSupport: TaskSupport { get }

    /// When a call with these arguments goes into the background; as ``taskSupport`` says unless the tool says otherwise.
    ///
    /// - Parameter arguments: What the client sent, not yet checked.
    /// - Returns: When it leaves; nil if it never does.
    func leave(for arguments: JSONObject) -> TaskSupport.Leave?

    /// Parses the arguments into what the tool will ask permission for, and does nothing.
    ///
    /// ``call(_:in:)`` and explanations of the policy share it, so that an explanation is about the very action.
    ///
    /// - Parameter arguments: Checked against ``fields``.
    /// - Returns: What is asked for.
    /// - Throws: ``ToolError`` that names the argument that can't be used.
    func action(for arguments: Arguments) throws(ToolError) -> Action

    /// Does the work.
    ///
    /// - Parameters:
    ///   - arguments: Checked against ``fields``.
    ///   - context: Who calls, and the way to permission.
    /// - Returns: The result of a call that happened, whatever became of it.
    /// - Throws: ``ToolError`` for a call that did not happen. Cancellation of the task must end the work soon.
    func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput
}

extension Tool {
    /// The schema of ``fields``.
    public var inputSchema: JSONValue { fields.schema }
    /// No structured result.
    public var outputSchema: JSONValue? { nil }
    /// No pictures.
    public var icons: [Icon] { [] }
    /// Calls end with their requests.
    public var taskSupport: TaskSupport { .never }
    /// As the support says.
    public func leave(for arguments: JSONObject) -> TaskSupport.Leave? { taskSupport.leave }

    /// The tool as clients see it.
    public var descriptor: ToolDescriptor {
        ToolDescriptor(
            name: name.rawValue,
            title: title,
            summary: summary,
            inputSchema: inputSchema,
            outputSchema: outputSchema,
            annotations: effects.annotations,
            icons: icons,
            taskSupport: taskSupport.declared
        )
    }

    /// Checks arguments against ``fields`` and does nothing.
    ///
    /// - Parameter arguments: What a client would send.
    /// - Throws: ``ToolError`` that names the argument and what it must be.
    public func check(_ arguments: JSONObject) throws(ToolError) {
        _ = try fields.decode(arguments)
    }

    /// Explains what a policy says to a call, rule by rule, without doing anything.
    ///
    /// - Parameters:
    ///   - arguments: What a client would send, not yet checked.
    ///   - policy: The policy that would decide.
    ///   - subject: Who would call.
    /// - Returns: The outcome and what each rule said.
    /// - Throws: ``ToolError`` for arguments that can't be used, and for a tool that asks only while it works.
    public func explain(
        _ arguments: JSONObject,
        by policy: PolicyEngine,
        for subject: Subject
    ) throws(ToolError) -> PolicyExplanation {
        policy.explain(try action(for: fields.decode(arguments)), subject: subject)
    }

    /// Asks for the permission that the call will ask for, before it takes a place or goes into the background.
    func preflight(raw arguments: JSONObject, in context: CallContext) throws(ToolError) {
        let decoded = try fields.decode(arguments)
        guard Action.self != Never.self else { return }
        _ = try context.permit(action(for: decoded))
    }

    func call(raw arguments: JSONObject, in context: CallContext) async throws(ToolError) -> ToolOutput {
        try await call(fields.decode(arguments), in: context)
    }
}

extension Tool where Action == Never {
    /// Says that the tool asks for permission only while it works.
    public func action(for arguments: Arguments) throws(ToolError) -> Never {
        throw ToolError(
            .invalidArgument,
            "'\(name)' asks for permission only while it works, so nothing can be said before."
        )
    }
}
