// SPDX-License-Identifier: Apache-2.0

/// The parameters of `completion/complete`.
public struct CompletionRequest: Sendable, Equatable {
    /// What the argument belongs to.
    public enum Reference: Sendable, Equatable {
        /// A prompt, by its name.
        case prompt(String)
        /// A resource or a pattern of resources, by its URI.
        case resource(String)
    }

    /// What the argument belongs to.
    public let reference: Reference
    /// The name of the argument.
    public let argumentName: String
    /// What was typed so far.
    public let argumentValue: String
    /// The arguments that are filled in already; from 2025-06-18 on.
    public let given: [String: String]

    /// Reads the parameters.
    ///
    /// - Parameters:
    ///   - params: The parameters as they came.
    ///   - revision: The revision in force.
    /// - Throws: `-32602` that names what is missing or of the wrong type.
    public init(_ params: JSONObject?, in revision: ProtocolRevision = .v20260728) throws(JSONRPCError) {
        let parameters = Parameters(params, of: "completion/complete")
        let reference = Parameters(try parameters.object("ref"), of: "the reference")
        switch try reference.string("type") {
        case "ref/prompt": self.reference = .prompt(try reference.string("name"))
        case "ref/resource": self.reference = .resource(try reference.string("uri"))
        case let type:
            throw .invalidParams("a reference is of type ref/prompt or ref/resource, not \(Quoted(type))")
        }
        let argument = Parameters(try parameters.object("argument"), of: "the argument")
        argumentName = try argument.string("name")
        argumentValue = try argument.string("value")
        guard revision.has(.completionContext), let context = try parameters.optionalObject("context") else {
            given = [:]
            return
        }
        let arguments = Parameters(context, of: "the context")
        given = try Parameters(try arguments.optionalObject("arguments"), of: "the context's arguments")
            .strings()
    }
}
