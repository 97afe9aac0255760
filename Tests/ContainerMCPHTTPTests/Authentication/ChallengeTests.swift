// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import Testing

@Suite struct ChallengeTests {
    private func settings(_ flags: [String: String] = [:]) throws -> Settings {
        let oauth = [
            "OAUTH_ISSUER": "https://issuer.example", "OAUTH_AUDIENCE": "https://box.example/mcp",
            "MCP_PUBLIC_URL": "https://box.example",
        ]
        return try RunningServer.settings(oauth.merging(flags) { $1 })
    }

    private func challenge(_ reply: HTTPReply) -> String? {
        reply.fields.first { $0.name == "www-authenticate" }?.value
    }

    private func head(_ path: String, _ method: String = "GET") -> RequestHead {
        RequestHead(
            method: method,
            path: path,
            query: nil,
            isCurrent: true,
            fields: HeaderFields(),
            framing: .none
        )
    }

    @Test func `the challenge names the metadata and the scopes, and the error where a token was sent`()
        throws
    {
        let challenges = BearerChallenge(ProtectedResourceMetadata(try settings()))
        let pointer =
            #"Bearer resource_metadata="https://box.example/.well-known/oauth-protected-resource/mcp""#
        #expect(challenge(challenges.noToken) == pointer + #", scope="read files exec web""#)
        #expect(challenges.noToken.status == 401)
        #expect(
            challenge(challenges.invalidToken)
                == pointer + #", scope="read files exec web", error="invalid_token""#
        )
        #expect(challenge(challenges.invalidRequest) == pointer + #", error="invalid_request""#)
        #expect(challenges.invalidRequest.status == 400)
    }

    @Test func `without OAuth the challenge points nowhere`() throws {
        let challenges = BearerChallenge(nil)
        #expect(challenge(challenges.noToken) == "Bearer")
        #expect(challenge(challenges.invalidToken) == #"Bearer error="invalid_token""#)
    }

    @Test func `only scopes of tools on offer are named`() throws {
        let metadata = try #require(
            ProtectedResourceMetadata(
                try settings(["TOOLS_ENABLE_WEB": "false", "TOOLS_ENABLE_SYSTEM": "false"])
            )
        )
        #expect(metadata.scopes == [.read, .files])
    }

    @Test(arguments: [
        ("https://box.example", "", "https://box.example/mcp", "/mcp"),
        ("https://box.example/", "", "https://box.example/mcp", "/mcp"),
        ("https://box.example:8443", "/tools", "https://box.example:8443/tools/mcp", "/tools/mcp"),
        ("https://box.example/outer", "/tools", "https://box.example/outer/mcp", "/outer/mcp"),
        ("https://box.example/outer/", "", "https://box.example/outer/mcp", "/outer/mcp"),
    ])
    func `the resource is what clients see, and its metadata is where they look`(
        url: String,
        prefix: String,
        resource: String,
        path: String
    ) throws {
        var flags = ["MCP_PUBLIC_URL": url]
        if !prefix.isEmpty { flags["MCP_PATH_PREFIX"] = prefix }
        let metadata = try #require(ProtectedResourceMetadata(try settings(flags)))
        let wellKnown = "/.well-known/oauth-protected-resource"
        #expect(metadata.address.hasSuffix(wellKnown + path))
        for place in [
            wellKnown, wellKnown + "/mcp", wellKnown + path, prefix + wellKnown, prefix + wellKnown + "/mcp",
            wellKnown + prefix, wellKnown + prefix + "/mcp",
        ] {
            let reply = try #require(metadata.reply(to: head(place)), "\(place)")
            #expect(reply.status == 200)
            #expect(
                try JSONValue(parsing: reply.body) == [
                    "resource": .string(resource), "authorization_servers": ["https://issuer.example"],
                    "scopes_supported": ["read", "files", "exec", "web"],
                    "bearer_methods_supported": ["header"],
                ]
            )
        }
        #expect(metadata.reply(to: head(wellKnown, "POST"))?.status == 405)
        for place in [wellKnown + "/", wellKnown + "/sse", wellKnown + "x", "/mcp", "/", wellKnown + "/mcp/"]
        {
            #expect(metadata.reply(to: head(place)) == nil)
        }
    }

    @Test(
        arguments: [
            ([.runsPrograms, .readsFiles, .writesFiles, .destroys], [.exec]), ([.readsFiles], [.read]),
            ([.readsFiles, .writesFiles], [.files]), ([.destroys, .isIdempotent], [.files]),
            ([.reachesNetwork], [.web]), ([.runsPrograms, .reachesNetwork], [.exec, .web]), ([], []),
        ] as [(ToolEffects, [Scope])]
    )
    func `a tool needs the scopes of what it does`(effects: ToolEffects, scopes: [Scope]) {
        #expect(ScopeNeed.of(effects) == scopes)
    }

    @Test func `a scope that is missing is told, with all that a new token should have`() throws {
        let settings = try settings()
        let door = Door(
            settings,
            authentication: try Authentication(settings, logger: RunningServer.quiet),
            attempts: FailedAttempts()
        )
        func fault(_ needed: [Scope], _ scopes: Set<Scope>?) -> HTTPReply? {
            let subject = Subject(id: "x", isAuthenticated: true, scopes: scopes)
            return door.scopeFault(needed, for: subject, id: .integer(7))
        }
        #expect(fault([.exec], [.exec]) == nil && fault([], []) == nil && fault([.exec], nil) == nil)
        #expect(fault([.read], [.files]) == nil && fault([.files], [.read]) != nil)
        #expect(fault([.read], [.exec]) != nil && fault([.exec, .web], [.exec]) != nil)
        let reply = try #require(fault([.exec, .web], [.read]))
        #expect(reply.status == 403)
        #expect(
            challenge(reply)
                == #"Bearer resource_metadata="https://box.example/.well-known/oauth-protected-resource/mcp", "#
                + #"scope="read exec web", error="insufficient_scope""#
        )
        #expect(try JSONValue(parsing: reply.body)["id"] == 7)
    }
}
