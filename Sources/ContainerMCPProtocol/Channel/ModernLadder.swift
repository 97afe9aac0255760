// SPDX-License-Identifier: Apache-2.0

/// The checks that a 2026-07-28 request passes before it is carried out, in the order of the specification.
///
/// Needs no memory: the same value serves every request on every transport. An error goes back with the id of
/// the request and, over HTTP, with the status ``JSONRPCError/modernHTTPStatus``.
public struct ModernLadder: Sendable {
    private let server: ServerDescription

    /// Makes the ladder of a server.
    public init(server: ServerDescription) {
        self.server = server
    }

    /// Runs the checks.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - headers: What HTTP headers say about it; nil on transports that have none.
    ///   - headerParameters: Which arguments of a tool are repeated in headers, nil if none are.
    /// - Returns: The request with its parameters read.
    /// - Throws: The error of the first check that fails.
    public func admit(
        _ request: JSONRPCRequest,
        headers: MirroredHeaders? = nil,
        headerParameters: (_ tool: String) -> ToolHeaderParameters? = { _ in nil }
    ) throws(JSONRPCError) -> AdmittedRequest {
        let claim = VersionClaim(request.params)
        try headers?.checkVersion(against: claim)
        try checkMeta(request, claim: claim, headers: headers)
        guard claim == .revision(.v20260728) else {
            throw .unsupportedVersion(claim.value?.stringValue ?? "")
        }
        try headers?.checkMethod(request.method)
        try headers?.checkName(request)
        guard
            let method = MethodName(rawValue: request.method),
            method.isAvailable(in: .modern, offering: server.capabilities)
        else {
            throw .methodNotFound(request.method, in: .v20260728)
        }
        let meta = try RequestMeta(request.params)
        let logLevel = try meta.requestedLogLevel()
        if let headers, method == .callTool {
            let call = try ToolCall(request.params)
            try headerParameters(call.name)?.check(headers, arguments: call.arguments)
        }
        let typed = try MCPRequest(method, request.params)
        try server.checkTool(typed)
        let context = RequestContext(
            revision: .v20260728,
            progressToken: meta.progressToken,
            logLevel: logLevel,
            client: try meta.clientInformation(),
            clientCapabilities: ClientCapabilities(
                meta.members[MetaKey.clientCapabilities]?.objectValue ?? [:]
            )
        )
        return AdmittedRequest(id: request.id, request: typed, context: context)
    }

    /// Step 3 of the ladder, with its exception for a header that names an unknown version.
    private func checkMeta(
        _ request: JSONRPCRequest,
        claim: VersionClaim,
        headers: MirroredHeaders?
    ) throws(JSONRPCError) {
        if claim == .none, let version = headers?.version, ProtocolRevision(rawValue: version) == nil {
            throw .unsupportedVersion(version)
        }
        let meta = try Parameters(request.params, of: "a request").object("_meta")
        let required = Parameters(meta, of: "_meta")
        _ = try required.string(MetaKey.protocolVersion)
        _ = try required.object(MetaKey.clientCapabilities)
    }
}

extension ServerDescription {
    /// Refuses a call of a tool that isn't there.
    func checkTool(_ request: MCPRequest) throws(JSONRPCError) {
        if case .callTool(let call) = request, !hasTool(call.name) {
            throw .unknownTool(call.name)
        }
    }
}
