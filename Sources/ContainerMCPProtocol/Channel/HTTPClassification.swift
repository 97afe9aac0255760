// SPDX-License-Identifier: Apache-2.0

/// Which rules a message POSTed to `/mcp` is served by.
public enum HTTPClassification: Sendable, Equatable {
    /// The rules of sessions.
    case legacy
    /// The ``ModernLadder``; a notification is accepted and ignored.
    case modern
    /// Neither; the answer has this status and this error.
    case rejected(status: Int, JSONRPCError)

    /// Classifies a message by its claim and the version header; the first rule that fits decides.
    public init(_ message: JSONRPCMessage, headers: MirroredHeaders) {
        switch message {
        case .invalid(_, let error):
            self = .rejected(status: 400, error)
        case .response:
            self =
                headers.namesModernVersion
                ? .rejected(
                    status: 400,
                    JSONRPCError(.invalidRequest, "this protocol version has no requests to answer")
                ) : .legacy
        case .request(let request):
            self.init(VersionClaim(request.params), headers)
        case .notification(let notification):
            self.init(VersionClaim(notification.params), headers)
        }
    }

    private init(_ claim: VersionClaim, _ headers: MirroredHeaders) {
        if case .revision(let revision) = claim, revision.era == .legacy, headers.versions.count <= 1,
            headers.version == nil || headers.version == revision.rawValue
        {
            self = .legacy
        } else if claim != .none || headers.namesModernVersion {
            self = .modern
        } else if headers.versions.count > 1 {
            self = .rejected(
                status: 400,
                JSONRPCError(.invalidRequest, "the header MCP-Protocol-Version is repeated")
            )
        } else {
            self = .legacy
        }
    }
}
