// SPDX-License-Identifier: Apache-2.0

/// The parameters of `prompts/get`.
public struct PromptRequest: Sendable, Equatable {
    /// The name of the prompt.
    public let name: String
    /// The arguments by name.
    public let arguments: [String: String]
    /// What a repeated request brings along; 2026-07-28 only.
    public let resume: InputResume

    /// Reads the parameters.
    ///
    /// - Parameters:
    ///   - params: The parameters as they came.
    ///   - revision: The revision in force.
    /// - Throws: `-32602` if the name is missing, or an argument is no string.
    public init(_ params: JSONObject?, in revision: ProtocolRevision = .v20260728) throws(JSONRPCError) {
        let parameters = Parameters(params, of: "prompts/get")
        self.name = try parameters.string("name")
        self.arguments = try Parameters(
            try parameters.optionalObject("arguments"),
            of: "the arguments"
        ).strings()
        self.resume = revision.has(.inputRequired) ? InputResume(params) : .none
    }
}
