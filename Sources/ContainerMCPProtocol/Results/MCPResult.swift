// SPDX-License-Identifier: Apache-2.0

/// The result of a request in the shape of the newest revision, before it is projected to the one in force.
public enum MCPResult: Sendable, Equatable {
    /// Nothing but that it worked.
    case empty
    /// A page of tools.
    case tools([ToolDescriptor], nextCursor: String? = nil, caching: CacheHint)
    /// The result of a tool call.
    case toolCall(ToolResult)
    /// What the server is and can do.
    case discovery
    /// Members that every revision knows, with a hint for keeping them where the method has one.
    case members(JSONObject, caching: CacheHint? = nil)

    /// The result as the revision in force knows it.
    ///
    /// - Parameters:
    ///   - revision: The revision in force.
    ///   - server: What the server says about itself; its name goes into each 2026-07-28 result.
    /// - Returns: The result as it stands in a response.
    public func projected(to revision: ProtocolRevision, server: ServerDescription) -> JSONObject {
        var caching: CacheHint?
        var body: JSONObject
        switch self {
        case .empty:
            body = [:]
        case .tools(let tools, let nextCursor, let hint):
            caching = hint
            body = ["tools": .array(tools.map { $0.jsonValue(for: revision) })]
            body["nextCursor"] = nextCursor.map { .string($0) }
        case .toolCall(let result):
            body = result.members(for: revision)
        case .discovery:
            caching = server.caching
            body = [
                "supportedVersions": .array(ProtocolRevision.newestFirst.map { .string($0.rawValue) }),
                "capabilities": server.capabilities.jsonValue(for: revision),
            ]
            body["instructions"] = server.instructions.map { .string($0) }
        case .members(let members, let hint):
            caching = hint
            body = members
        }
        guard revision.has(.resultEnvelope) else { return body }
        return Self.enveloped(body, caching: caching, revision: revision, server: server)
    }

    private static func enveloped(
        _ body: JSONObject,
        caching: CacheHint?,
        revision: ProtocolRevision,
        server: ServerDescription
    ) -> JSONObject {
        var result: JSONObject = ["resultType": body["resultType"] ?? "complete"]
        for (key, value) in body where key != "resultType" && key != "_meta" {
            result[key] = value
        }
        if let caching, result["resultType"] == "complete" {
            result["ttlMs"] = .integer(caching.milliseconds)
            result["cacheScope"] = .string(caching.scope.rawValue)
        }
        var meta = body["_meta"]?.objectValue ?? [:]
        meta[MetaKey.serverInfo] = server.implementation(for: revision)
        result["_meta"] = .object(meta)
        return result
    }

    /// The answer to `initialize`.
    public static func initialization(revision: ProtocolRevision, server: ServerDescription) -> JSONObject {
        var result: JSONObject = [
            "protocolVersion": .string(revision.rawValue),
            "capabilities": server.capabilities.jsonValue(for: revision),
            "serverInfo": server.implementation(for: revision),
        ]
        result["instructions"] = server.instructions.map { .string($0) }
        return result
    }
}
