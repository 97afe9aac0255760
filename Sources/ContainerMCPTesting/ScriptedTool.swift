// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPCore
public import ContainerMCPProtocol

/// A tool that does what a closure says, for tests of what stands around tools.
///
/// ```swift
/// let tool = ScriptedTool("greet") { arguments, context async throws(ToolError) in
///     .content([.text("Hello")])
/// }
/// ```
public struct ScriptedTool: Tool {
    /// The work of a call; the arguments are as the client sent them.
    public typealias Body =
        @Sendable (_ arguments: JSONObject, _ context: CallContext) async throws(ToolError) -> ToolOutput

    /// The tool's name.
    public let name: ToolName
    /// The same as the name.
    public var title: String { name.rawValue }
    /// Says what it is.
    public let summary = "Does what a test wants."
    /// What it claims to do.
    public let effects: ToolEffects
    /// Every object.
    public let inputSchema: JSONValue = ["type": "object"]
    /// Whether its calls may go on in the background.
    public let taskSupport: TaskSupport
    private let body: Body

    /// Makes a tool.
    ///
    /// - Parameters:
    ///   - name: The tool's name.
    ///   - effects: What it claims to do, which decides about its places.
    ///   - taskSupport: Whether its calls may go on in the background.
    ///   - body: The work.
    public init(
        _ name: ToolName,
        effects: ToolEffects = [],
        taskSupport: TaskSupport = .never,
        _ body: @escaping Body
    ) {
        self.name = name
        self.effects = effects
        self.taskSupport = taskSupport
        self.body = body
    }

    /// Takes everything.
    public var fields: ToolFields<JSONObject> { .unchecked }

    /// Does the work.
    public func call(_ arguments: JSONObject, in context: CallContext) async throws(ToolError) -> ToolOutput {
        try await body(arguments, context)
    }
}
