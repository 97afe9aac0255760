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
            method.isAvailable(in: .v20260728, offering: server.capabilities)
        else {
            throw .methodNotFound(request.method, in: .v20260728)
        }
        let client = ClientCapabilities(
            request.params?["_meta"]?[MetaKey.clientCapabilities]?.objectValue ?? [:]
        )
        guard client.hasTasks || !needsTasks(method, request.params) else { throw .needsTasksExtension }
        let meta = try RequestMeta(request.params)
        let logLevel = try meta.requestedLogLevel()
        if let headers, method == .callTool {
            let call = try ToolCall(request.params)
            try headerParameters(call.name)?.check(headers, arguments: call.arguments)
        }
        let typed = try MCPRequest(method, request.params, in: .v20260728)
        try server.checkName(in: typed)
        // A stream of changes carries neither progress nor log messages, whatever was asked for.
        let context = RequestContext(
            revision: .v20260728,
            progressToken: method == .listen ? nil : meta.progressToken,
            logLevel: method == .listen ? nil : logLevel,
            client: try meta.clientInformation(),
            clientCapabilities: client
        )
        return AdmittedRequest(id: request.id, request: typed, context: context)
    }

    /// Whether a request can't be served without the extension of tasks.
    private func needsTasks(_ method: MethodName, _ params: JSONObject?) -> Bool {
        method.isAboutTasks
            || (method == .listen && server.capabilities.tasks && params?["notifications"]?["taskIds"] != nil)
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
    /// Refuses a tool or a prompt that isn't there.
    func checkName(in request: MCPRequest) throws(JSONRPCError) {
        switch request {
        case .callTool(let call) where !hasTool(call.name): throw .unknownTool(call.name)
        case .getPrompt(let prompt) where !hasPrompt(prompt.name): throw .unknownPrompt(prompt.name)
        default: break
        }
    }
}
