// SPDX-License-Identifier: Apache-2.0

/// A request that passed every check of the protocol layer and may be carried out.
public struct AdmittedRequest: Sendable, Equatable {
    /// The identifier that the response echoes.
    public let id: RequestID
    /// What is asked for.
    public let request: MCPRequest
    /// How it wants to be served.
    public let context: RequestContext

    /// Makes an admitted request.
    public init(id: RequestID, request: MCPRequest, context: RequestContext) {
        self.id = id
        self.request = request
        self.context = context
    }
}
