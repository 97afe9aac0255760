// SPDX-License-Identifier: Apache-2.0

/// How a request ended.
public enum RequestOutcome: Sendable, Equatable {
    /// With a result, in the shape of the newest revision.
    case result(MCPResult)
    /// With a protocol error.
    case failure(JSONRPCError)

    /// The response as the revision in force knows it.
    public func message(id: RequestID, revision: ProtocolRevision, server: ServerDescription) -> JSONValue {
        switch self {
        case .result(let result):
            JSONRPCResponse.message(id: id, result: result.projected(to: revision, server: server))
        case .failure(let error):
            JSONRPCResponse.message(id: id, error: error)
        }
    }
}
