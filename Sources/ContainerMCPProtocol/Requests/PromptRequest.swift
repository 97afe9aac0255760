// SPDX-License-Identifier: Apache-2.0

/// The parameters of `prompts/get`.
public struct PromptRequest: Sendable, Equatable {
    /// The name of the prompt.
    public let name: String
    /// The arguments by name.
    public let arguments: [String: String]

    /// Reads the parameters.
    ///
    /// - Throws: `-32602` if the name is missing, or an argument is no string.
    public init(_ params: JSONObject?) throws(JSONRPCError) {
        let parameters = Parameters(params, of: "prompts/get")
        self.name = try parameters.string("name")
        let given = Parameters(try parameters.optionalObject("arguments"), of: "the arguments")
        var arguments: [String: String] = [:]
        for key in given.object.keys {
            arguments[key] = try given.string(key)
        }
        self.arguments = arguments
    }
}
