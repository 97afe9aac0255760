// SPDX-License-Identifier: Apache-2.0

/// What `initialize` agreed on, for as long as a session lives.
public struct LegacySession: Sendable, Equatable {
    /// The revision that governs every message of the session.
    public let revision: ProtocolRevision
    /// Who the client says it is.
    public let client: ClientInformation
    /// What the client can do.
    public let clientCapabilities: ClientCapabilities
    /// Whether the client has said that it is ready; until then it is sent nothing but answers and log
    /// messages.
    public private(set) var isReady = false
    /// From which level on the session wants log messages.
    public private(set) var logLevel = LogLevel.info

    /// Opens a session.
    public init(_ request: InitializeRequest) {
        self.revision = request.negotiatedRevision
        self.client = request.client
        self.clientCapabilities = request.capabilities
    }

    /// Takes the client's word that it is ready.
    public mutating func becomeReady() {
        isReady = true
    }

    /// Sets from which level on the session wants log messages.
    public mutating func setLogLevel(_ level: LogLevel) {
        logLevel = level
    }

    /// Runs the checks that a request of the session passes before it is carried out.
    ///
    /// - Throws: `-32600` for a second `initialize`, `-32601` for a method that isn't there, `-32602` for
    ///   faulty parameters.
    public func admit(_ request: JSONRPCRequest, server: ServerDescription) throws(JSONRPCError)
        -> AdmittedRequest
    {
        guard
            let method = MethodName(rawValue: request.method),
            method.isAvailable(in: revision, offering: server.capabilities)
        else {
            throw .methodNotFound(request.method, in: revision)
        }
        guard method != .initialize else {
            throw JSONRPCError(.invalidRequest, "the session is initialized already")
        }
        let typed = try MCPRequest(
            method,
            request.params,
            in: revision,
            offeringTasks: server.capabilities.tasks
        )
        try server.checkName(in: typed)
        let context = RequestContext(
            revision: revision,
            progressToken: try RequestMeta(request.params).progressToken,
            client: client,
            clientCapabilities: clientCapabilities
        )
        return AdmittedRequest(id: request.id, request: typed, context: context)
    }
}
