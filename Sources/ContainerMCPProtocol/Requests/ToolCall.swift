// SPDX-License-Identifier: Apache-2.0

/// The parameters of `tools/call`.
public struct ToolCall: Sendable, Equatable {
    /// The name of the tool.
    public let name: String
    /// The arguments, not yet checked against the tool's schema; absent ones are empty.
    public let arguments: JSONObject
    /// All parameters as they came, for what is layered on top of a call.
    public let params: JSONObject
    /// What a repeated request brings along; 2026-07-28 only.
    public let resume: InputResume
    /// The client's wish for a task; 2025-11-25 only, and only where the server has tasks.
    public let taskWish: TaskWish?

    /// Reads the parameters.
    ///
    /// - Parameters:
    ///   - params: The parameters as they came.
    ///   - revision: The revision in force.
    ///   - offeringTasks: Whether the server has tasks; where it does not, the wish for one is not looked at.
    /// - Throws: `-32602` if the name is missing or a member is of the wrong type.
    public init(
        _ params: JSONObject?,
        in revision: ProtocolRevision = .v20260728,
        offeringTasks: Bool = false
    ) throws(JSONRPCError) {
        let parameters = Parameters(params, of: "tools/call")
        self.name = try parameters.string("name")
        self.arguments = try parameters.optionalObject("arguments") ?? [:]
        self.params = parameters.object
        self.resume = revision.has(.inputRequired) ? InputResume(params) : .none
        self.taskWish =
            offeringTasks && revision.has(.coreTasks) ? try TaskWish.read(parameters.object) : nil
    }
}
