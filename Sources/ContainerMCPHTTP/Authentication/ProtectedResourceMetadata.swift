// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// Tells OAuth clients where to get tokens for this server (RFC 9728).
struct ProtectedResourceMetadata: Sendable {
    /// Where the document of the resource is, as clients see it.
    let address: String
    /// The scopes that the tools on offer need, in a fixed order.
    let scopes: [Scope]
    private let document: [UInt8]
    private let paths: Set<String>

    private static let wellKnown = "/.well-known/oauth-protected-resource"

    /// Makes the document; none without OAuth, or without a public address.
    ///
    /// - Parameter settings: They name the public address; what a request says it was sent to counts for
    ///   nothing.
    init?(_ settings: Settings) {
        guard let issuer = settings.authentication.issuer,
            let url = settings.server.publicURL.flatMap({ WebAddress($0) })
        else { return nil }
        let prefix = settings.server.pathPrefix
        let written = url.path.hasSuffix("/") ? String(url.path.dropLast()) : url.path
        // An address without a path is that of the machine, and the server is below it.
        let base = written.isEmpty ? prefix : written
        address = url.origin + Self.wellKnown + base + "/mcp"
        scopes = Self.scopes(settings.tools)
        let object: JSONObject = [
            "resource": .string(url.origin + base + "/mcp"),
            "authorization_servers": [.string(issuer)],
            "scopes_supported": .array(scopes.map { .string($0.rawValue) }),
            "bearer_methods_supported": ["header"],
        ]
        document = JSONValue.object(object).encoded()
        // The well-known part stands before the path of the resource (RFC 9728, section 3.1). A proxy may keep
        // the prefix or take it off, and some clients append instead of inserting.
        paths = Set(
            [base, prefix, ""].flatMap { path in ["", "/mcp"].map { Self.wellKnown + path + $0 } }
                + ["", "/mcp"].map { prefix + Self.wellKnown + $0 }
        )
    }

    /// The answer to a request for the document; nil where a request asks for something else.
    func reply(to head: RequestHead) -> HTTPReply? {
        guard paths.contains(head.path) else { return nil }
        guard head.method == "GET" || head.method == "HEAD" else {
            return .text(405, "the method is not allowed here", fields: [("allow", "GET, HEAD")])
        }
        return HTTPReply(200, type: "application/json", body: document)
    }

    private static func scopes(_ tools: ToolSettings) -> [Scope] {
        Scope.allCases.filter { scope in
            switch scope {
            // To see how the server does, whatever else is turned off.
            case .read: true
            case .files: tools.offersFiles
            case .exec: tools.offersSystem
            case .web: tools.offersWeb
            }
        }
    }
}
