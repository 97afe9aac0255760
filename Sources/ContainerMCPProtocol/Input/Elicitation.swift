// SPDX-License-Identifier: Apache-2.0

/// A question to the user.
public enum Elicitation: Sendable, Equatable {
    /// A form that the client shows; never for secrets.
    case form(message: String, ElicitationForm)
    /// An address that the client asks the user to open; the identifier is needed in 2025-11-25 and left out
    /// in 2026-07-28.
    case url(message: String, url: String, elicitationID: String? = nil)

    /// The parameters of `elicitation/create`.
    func members(for revision: ProtocolRevision) -> JSONObject {
        var object = JSONObject()
        switch self {
        case .form(let message, let form):
            if revision.has(.elicitationModes) { object["mode"] = "form" }
            object["message"] = .string(message)
            object["requestedSchema"] = form.schema(for: revision)
        case .url(let message, let url, let id):
            object["mode"] = "url"
            object["message"] = .string(message)
            object["url"] = .string(url)
            if revision.has(.elicitationIDs) { object["elicitationId"] = id.map { .string($0) } }
        }
        return object
    }

    func read(_ members: JSONObject) throws(JSONRPCError) -> InputAnswer {
        let parameters = Parameters(members, of: "the answer to elicitation/create")
        guard let action = ElicitationAction(rawValue: try parameters.string("action")) else {
            throw .invalidParams("the action of an answer must be accept, decline or cancel")
        }
        guard action == .accept, case .form(_, let form) = self else {
            return .elicitation(action: action, content: [:])
        }
        let content = try parameters.optionalObject("content") ?? [:]
        if let fault = form.fault(in: content) { throw .invalidParams(fault) }
        return .elicitation(action: action, content: form.normalized(content))
    }

    /// The same question with an identifier, if it is one that needs it and has none.
    func identified(by id: String) -> Elicitation {
        guard case .url(let message, let url, nil) = self else { return self }
        return .url(message: message, url: url, elicitationID: id)
    }
}
