// SPDX-License-Identifier: Apache-2.0

/// The headers of a POST that repeat parts of its body, each with the values of all its lines.
public struct MirroredHeaders: Sendable, Equatable {
    /// The values of `MCP-Protocol-Version`.
    public var versions: [String]
    /// The values of `Mcp-Method`.
    public var methods: [String]
    /// The values of `Mcp-Name`.
    public var names: [String]
    /// The values of `Mcp-Param-…` by the lower-cased name after the prefix.
    public var parameters: [String: [String]]

    /// Makes headers.
    public init(
        versions: [String] = [],
        methods: [String] = [],
        names: [String] = [],
        parameters: [String: [String]] = [:]
    ) {
        self.versions = versions
        self.methods = methods
        self.names = names
        self.parameters = parameters
    }

    /// The version that the header names, nil without one.
    public var version: String? {
        versions.first.map(MirroredValue.trimmed)
    }

    /// Whether the header names something that is not a legacy revision.
    public var namesModernVersion: Bool {
        versions.contains { value in
            ProtocolRevision(rawValue: MirroredValue.trimmed(value))?.era != .legacy
        }
    }

    /// Checks the version against the claim of the body: step 2 of the ladder.
    ///
    /// - Throws: `-32020` if the header is repeated, or missing or different where the body has a claim.
    public func checkVersion(against claim: VersionClaim) throws(JSONRPCError) {
        guard versions.count <= 1 else {
            throw .headerMismatch("the header MCP-Protocol-Version is repeated")
        }
        guard let claimed = claim.value else { return }
        guard let version else { throw .headerMismatch("the header MCP-Protocol-Version is missing") }
        guard claimed == .string(version) else {
            throw .headerMismatch("the header MCP-Protocol-Version differs from the version in the body")
        }
    }

    /// Checks the method against the body: step 5 of the ladder.
    ///
    /// - Throws: `-32020` if the header is repeated, missing or different.
    public func checkMethod(_ method: String) throws(JSONRPCError) {
        try Self.check(methods, "Mcp-Method", against: method)
    }

    /// Checks the name of what a request is about: step 6 of the ladder.
    ///
    /// - Throws: `-32602` if the body itself has no name; `-32020` if the header is repeated, missing or
    ///   different.
    public func checkName(_ request: JSONRPCRequest) throws(JSONRPCError) {
        let key: String
        switch MethodName(rawValue: request.method) {
        case .callTool, .getPrompt: key = "name"
        case .readResource: key = "uri"
        case .getTask, .updateTask, .cancelTask: key = "taskId"
        default: return
        }
        let name = try Parameters(request.params, of: request.method).string(key)
        try Self.check(names, "Mcp-Name", against: name)
    }

    private static func check(
        _ values: [String],
        _ header: String,
        against expected: String
    ) throws(JSONRPCError) {
        guard let first = values.first else { throw .headerMismatch("the header \(header) is missing") }
        guard values.count == 1 else { throw .headerMismatch("the header \(header) is repeated") }
        guard let value = MirroredValue.decode(first) else {
            throw .headerMismatch("the value of the header \(header) is not readable")
        }
        guard ExactText.isSame(value, expected) else {
            throw .headerMismatch("the header \(header) differs from the body")
        }
    }
}
