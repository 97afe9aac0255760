// SPDX-License-Identifier: Apache-2.0

/// How a request ended.
public enum RequestOutcome: Sendable, Equatable {
    /// With a result, in the shape of the newest revision.
    case result(MCPResult)
    /// With a protocol error.
    case failure(JSONRPCError)

    /// The response as the revision in force knows it.
    public func message(id: RequestID, revision: ProtocolRevision, server: ServerDescription) -> JSONValue {
        switch settled(for: revision) {
        case .result(let result):
            JSONRPCResponse.message(id: id, result: result.projected(to: revision, server: server))
        case .failure(let error):
            JSONRPCResponse.message(id: id, error: error)
        }
    }

    /// The outcome as it is told: what a task failed with is the failure of `tasks/result`, and a result that
    /// the revision can't express is an internal one.
    private func settled(for revision: ProtocolRevision) -> RequestOutcome {
        guard case .result(let result) = self else { return self }
        if let fault = result.fault(in: revision) { return .failure(fault) }
        if case .task(let task, .result) = result, let error = task.resultError { return .failure(error) }
        return self
    }
}
