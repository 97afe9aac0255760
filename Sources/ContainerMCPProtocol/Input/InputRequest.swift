// SPDX-License-Identifier: Apache-2.0

/// A question to the user or the client while a request is served.
public enum InputRequest: Sendable, Equatable {
    /// Asks the user.
    case elicitation(Elicitation)
    /// Asks the client's model.
    case sampling(SamplingRequest)
    /// Asks which directories the client works on.
    case roots

    /// The name of the method that carries the question.
    public var method: String {
        switch self {
        case .elicitation: "elicitation/create"
        case .sampling: "sampling/createMessage"
        case .roots: "roots/list"
        }
    }

    /// The parameters as a revision knows them; empty for roots.
    ///
    /// - Parameter revision: The revision in force. Where it can't express the question, which
    ///   ``isSupported(by:in:)`` says, the parameters are those of the nearest thing it knows.
    /// - Returns: The parameters.
    public func params(for revision: ProtocolRevision) -> JSONObject {
        switch self {
        case .elicitation(let elicitation): elicitation.members(for: revision)
        case .sampling(let request): request.members(for: revision)
        case .roots: [:]
        }
    }

    /// What a client must declare to be asked, as a ClientCapabilities object such as `{"sampling":{}}`.
    public var requiredCapability: JSONObject {
        switch self {
        case .elicitation(.form): ["elicitation": ["form": [:]]]
        case .elicitation(.url): ["elicitation": ["url": [:]]]
        case .sampling: ["sampling": [:]]
        case .roots: ["roots": [:]]
        }
    }

    /// Whether a client can be asked: it declared what is needed, and the revision can express the question.
    ///
    /// - Parameters:
    ///   - client: What the client declared.
    ///   - revision: The revision in force.
    /// - Returns: Whether the question may be sent.
    public func isSupported(by client: ClientCapabilities, in revision: ProtocolRevision) -> Bool {
        switch self {
        case .elicitation(.form(_, let form)):
            guard revision.has(.elicitation), form.isExpressible(in: revision) else { return false }
            // Modes are younger than elicitation: before them the capability means forms, whatever it holds.
            return revision.has(.elicitationModes)
                ? client.hasFormElicitation : client.declared["elicitation"]?.objectValue != nil
        case .elicitation(.url):
            return revision.has(.elicitationModes) && client.hasURLElicitation
        case .sampling:
            return client.hasSampling
        case .roots:
            return client.hasRoots
        }
    }

    /// The question as it stands in `inputRequests` of 2026-07-28.
    public var jsonValue: JSONValue {
        ["method": .string(method), "params": .object(params(for: .v20260728))]
    }

    /// Reads and checks what the client answered.
    ///
    /// - Parameter answer: A value of `inputResponses`, or the result of the request in the legacy era.
    /// - Returns: The answer. Of a form's content only the fields of the form are kept.
    /// - Throws: `-32602` that names what is of the wrong shape or does not conform to the form.
    public func read(_ answer: JSONValue) throws(JSONRPCError) -> InputAnswer {
        guard let members = answer.objectValue else {
            throw .invalidParams("the answer to \(method) must be an object, not \(answer.kindName)")
        }
        switch self {
        case .elicitation(let elicitation): return try elicitation.read(members)
        case .sampling: return .sampling(try SamplingRequest.checked(members))
        case .roots: return .roots(try Self.roots(in: members))
        }
    }

    private static func roots(in members: JSONObject) throws(JSONRPCError) -> [JSONObject] {
        guard let roots = members["roots"]?.arrayValue else {
            throw .invalidParams("the answer to roots/list needs an array 'roots'")
        }
        var read: [JSONObject] = []
        read.reserveCapacity(roots.count)
        for root in roots {
            guard let root = root.objectValue else {
                throw .invalidParams("a root must be an object, not \(root.kindName)")
            }
            let parameters = Parameters(root, of: "a root")
            _ = try parameters.string("uri")
            _ = try parameters.optionalString("name")
            read.append(root)
        }
        return read
    }
}
