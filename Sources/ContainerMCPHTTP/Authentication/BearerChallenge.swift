// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// Says in an answer what a request lacks to be let in (RFC 6750, section 3; RFC 9728, section 5.1).
struct BearerChallenge: Sendable {
    private let metadata: ProtectedResourceMetadata?

    /// Makes the challenges of a server.
    ///
    /// - Parameter metadata: Nil where tokens are not got from an authorization server.
    init(_ metadata: ProtectedResourceMetadata?) {
        self.metadata = metadata
    }

    /// Nothing was shown.
    var noToken: HTTPReply {
        .text(401, "a valid token is needed", fields: field(error: nil, metadata?.scopes))
    }

    /// What was shown does not open.
    var invalidToken: HTTPReply {
        .text(401, "a valid token is needed", fields: field(error: "invalid_token", metadata?.scopes))
    }

    /// What was shown can't be read.
    var invalidRequest: HTTPReply {
        .text(
            400,
            "the header Authorization is malformed, repeated, or beside a token in the query",
            fields: field(error: "invalid_request", nil)
        )
    }

    /// The token does not go so far.
    ///
    /// - Parameters:
    ///   - scopes: All that a new token should have.
    ///   - id: The request that needs them.
    /// - Returns: The answer.
    func insufficientScope(_ scopes: [Scope], id: RequestID?) -> HTTPReply {
        let names = scopes.map(\.rawValue).joined(separator: " ")
        return .error(
            403,
            JSONRPCError(.invalidRequest, "the token lacks a scope; ask for one with: \(names)"),
            id: id,
            fields: field(error: "insufficient_scope", scopes)
        )
    }

    private func field(error: String?, _ scopes: [Scope]?) -> [(String, String)] {
        var parameters: [String] = []
        if let metadata { parameters.append("resource_metadata=\"\(metadata.address)\"") }
        if metadata != nil, let scopes, !scopes.isEmpty {
            parameters.append("scope=\"\(scopes.map(\.rawValue).joined(separator: " "))\"")
        }
        if let error { parameters.append("error=\"\(error)\"") }
        let list = parameters.joined(separator: ", ")
        return [("www-authenticate", list.isEmpty ? "Bearer" : "Bearer " + list)]
    }
}
