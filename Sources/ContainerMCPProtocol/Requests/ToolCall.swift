// SPDX-License-Identifier: Apache-2.0

/// The parameters of `tools/call`.
public struct ToolCall: Sendable, Equatable {
    /// The name of the tool.
    public let name: String
    /// The arguments, not yet checked against the tool's schema; absent ones are empty.
    public let arguments: JSONObject
    /// All parameters as they came, for what is layered on top of a call.
    public let params: JSONObject

    /// Reads the parameters.
    ///
    /// - Throws: `-32602` if the name is missing or a member is of the wrong type.
    public init(_ params: JSONObject?) throws(JSONRPCError) {
        let parameters = Parameters(params, of: "tools/call")
        self.name = try parameters.string("name")
        self.arguments = try parameters.optionalObject("arguments") ?? [:]
        self.params = parameters.object
    }
}
