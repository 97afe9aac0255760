// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import Synchronization
import Testing

@Suite struct OAuthServerTests {
    private static let metadata = "/.well-known/oauth-protected-resource"

    private static func flags(_ issuer: AuthorizationServer) -> [String: String] {
        [
            "OAUTH_ISSUER": issuer.base, "OAUTH_AUDIENCE": "https://box.example/mcp",
            "MCP_PUBLIC_URL": "https://box.example",
        ]
    }

    private static func claims(
        _ issuer: AuthorizationServer,
        _ changes: [String: JSONValue?] = [:]
    ) -> JSONObject {
        let now = Int64(AccessTokenCheck.time())
        var claims: JSONObject = [
            "iss": .string(issuer.base), "aud": "https://box.example/mcp", "sub": "alice",
            "exp": .integer(now + 300), "iat": .integer(now), "scope": "read",
        ]
        for (name, value) in changes { claims[name] = value }
        return claims
    }

    private static func field(_ token: String) -> String { "Authorization: Bearer \(token)" }

    /// Opens a session, which needs no scope.
    private static func open(_ server: RunningServer, _ token: String) async throws -> RawReply {
        try await server.post("/mcp", RunningServer.initialize(), [field(token)])
    }

    @Test func `a client finds its way from the challenge to an open session`() async throws {
        let key = try await SigningKey.make("ES256")
        try await AuthorizationServer.run { issuer async throws in
            issuer.publish([key])
            try await RunningServer.light(Self.flags(issuer)) { server async throws in
                let bare = try await server.post("/mcp", RunningServer.initialize())
                #expect(bare.status == 401)
                let challenge = bare.fields["www-authenticate"] ?? ""
                #expect(challenge.contains(#"resource_metadata="https://box.example\#(Self.metadata)/mcp""#))
                #expect(!challenge.contains("error"))
                let document = try await server.request("GET", Self.metadata + "/mcp")
                #expect(document.status == 200)
                #expect(document.json["resource"] == "https://box.example/mcp")
                #expect(document.json["authorization_servers"] == [.string(issuer.base)])
                let token = try key.token(Self.claims(issuer))
                let opened = try await Self.open(server, token)
                #expect(opened.status == 200)
                let session = try #require(opened.fields["mcp-session-id"])
                let other = try key.token(Self.claims(issuer, ["sub": "mallory"]))
                let foreign = [Self.field(other), "Mcp-Session-Id: \(session)"]
                #expect(try await server.request("DELETE", "/mcp", foreign).status == 404)
                let own = [Self.field(token), "Mcp-Session-Id: \(session)"]
                #expect(try await server.request("DELETE", "/mcp", own).status == 204)
            }
        }
    }

    @Test(arguments: [metadata, metadata + "/mcp"])
    func `the metadata needs no token, but the right host and origin`(path: String) async throws {
        try await AuthorizationServer.run { issuer async throws in
            try await RunningServer.light(Self.flags(issuer)) { server async throws in
                #expect(try await server.request("GET", path).status == 200)
                #expect(try await server.request("GET", path, [Self.field("junk")]).status == 200)
                let connection = try await server.connect()
                defer { connection.close() }
                try await connection.send(RunningServer.text("HEAD", path))
                #expect(try await connection.head().status == 200)
                #expect(try await server.request("POST", path).status == 405)
                #expect(try await server.request("GET", path, host: "evil.example").status == 421)
                #expect(try await server.request("GET", path, ["Origin: http://evil.example"]).status == 403)
                let forwarded = ["X-Forwarded-Host: evil.example", "X-Forwarded-Proto: http"]
                let reply = try await server.request("GET", path, forwarded)
                #expect(reply.json["resource"] == "https://box.example/mcp")
            }
        }
        try await RunningServer.light(["MCP_AUTH_TOKEN": "0123456789abcdef"]) { server async throws in
            #expect(try await server.request("GET", path).status == 401)
        }
    }

    @Test(arguments: ["/mcp", "/sse", "/messages", "/nothing", "/"])
    func `every path needs a token, and nothing of it is written down`(path: String) async throws {
        let key = try await SigningKey.make("RS256")
        let refusals = Mutex<[String]>([])
        try await AuthorizationServer.run { issuer async throws in
            issuer.publish([key])
            try await RunningServer.light(
                Self.flags(issuer),
                recordRefusal: { _, detail in refusals.withLock { $0.append(detail) } }
            ) { server async throws in
                let good = try key.token(Self.claims(issuer))
                let wrong = try key.token(Self.claims(issuer, ["aud": "https://other.example"]))
                #expect(try await server.request("GET", path).status == 401)
                let reply = try await server.request("GET", path, [Self.field(wrong)])
                #expect(reply.status == 401)
                #expect(reply.fields["www-authenticate"]?.contains(#"error="invalid_token""#) == true)
                #expect(!reply.text.contains(wrong))
                #expect(try await server.request("GET", "\(path)?access_token=\(good)").status == 401)
                let both = try await server.request("GET", "\(path)?access_token=\(good)", [Self.field(good)])
                #expect(both.status == 400)
                let twice = try await server.request("GET", path, [Self.field(good), Self.field(good)])
                #expect(twice.status == 400)
                #expect(
                    ![400, 401].contains(try await server.request("PUT", path, [Self.field(good)]).status)
                )
                let text = refusals.withLock { $0.joined() }
                #expect(!text.contains("alice") && !text.contains(good) && !text.contains(wrong))
            }
        }
    }

    @Test func `a key that is new to the server is fetched while the request waits`() async throws {
        let first = try await SigningKey.make("ES256", id: "first")
        let second = try await SigningKey.make("ES256", id: "second")
        try await AuthorizationServer.run { issuer async throws in
            issuer.publish([first])
            let cache = try Self.cache(issuer)
            let check = AccessTokenCheck(rules: Self.rules(issuer), keys: cache.cache)
            func verdict(_ key: SigningKey) async throws -> TokenVerdict {
                let verdict = check.check(try key.token(Self.claims(issuer)))
                guard case .waits(let wait) = verdict else { return verdict }
                return await wait()
            }
            #expect(AccessTokenCheckTests.subject(try await verdict(first)) != nil)
            issuer.publish([first, second])
            #expect(AccessTokenCheckTests.fault(try await verdict(second)) == .key)
            #expect(issuer.requests("/jwks") == 1)
            cache.clock.pass(.seconds(30))
            #expect(AccessTokenCheckTests.subject(try await verdict(second)) != nil)
            #expect(issuer.requests("/jwks") == 2)
            // Revoked keys are gone with the next fetch.
            issuer.publish([second])
            cache.clock.pass(.seconds(600))
            _ = try await verdict(second)
            try await Wait.until {
                AccessTokenCheckTests.subject(check.check(try first.token(Self.claims(issuer)))) == nil
            }
        }
    }

    @Test func `tokens that are for others cost no fetch`() async throws {
        let key = try await SigningKey.make("ES256", id: "other")
        try await AuthorizationServer.run { issuer async throws in
            let cache = try Self.cache(issuer)
            let check = AccessTokenCheck(rules: Self.rules(issuer), keys: cache.cache)
            for changes in [["aud": "x"], ["iss": "x"], ["exp": 1], ["nbf": 99_999_999_999]]
                as [[String: JSONValue?]]
            {
                let verdict = check.check(try key.token(Self.claims(issuer, changes)))
                #expect(AccessTokenCheckTests.fault(verdict) != nil)
            }
            #expect(issuer.requests("/jwks") == 0)
        }
    }

    @Test func `the first request waits for the keys, with its body`() async throws {
        let key = try await SigningKey.make("PS256")
        try await AuthorizationServer.run { issuer async throws in
            issuer.publish([key])
            try await RunningServer.light(Self.flags(issuer)) { server async throws in
                let token = try key.token(Self.claims(issuer))
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<16 { group.addTask { try await Self.open(server, token).status } }
                    for try await status in group { #expect(status == 200) }
                }
                #expect(issuer.requests("/jwks") == 1)
            }
        }
    }

    @Test func `while the issuer is down a token is neither good nor bad`() async throws {
        let key = try await SigningKey.make("ES256")
        try await AuthorizationServer.run { issuer async throws in
            try await RunningServer.light(Self.flags(issuer)) { server async throws in
                let token = try key.token(Self.claims(issuer))
                for _ in 0..<12 {
                    let reply = try await Self.open(server, token)
                    #expect(reply.status == 503)
                    #expect(reply.fields["retry-after"] != nil)
                }
                #expect(try await server.request("GET", "/health").status == 200)
            }
        }
    }

    @Test func `what is too large to be kept for a stranger is asked for again`() async throws {
        let key = try await SigningKey.make("ES256")
        try await AuthorizationServer.run { issuer async throws in
            issuer.answer("/.well-known/oauth-authorization-server", .silence)
            try await RunningServer.light(Self.flags(issuer)) { server async throws in
                let token = try key.token(Self.claims(issuer))
                let body = String(repeating: " ", count: Door.waitingBodyLimit + 1)
                let reply = try await server.post("/mcp", body, [Self.field(token)])
                #expect(reply.status == 503 && reply.fields["retry-after"] != nil)
            }
        }
    }

    @Test func `a peer that sends bad tokens has to wait, not one whose token has expired`() async throws {
        let key = try await SigningKey.make("ES256")
        try await AuthorizationServer.run { issuer async throws in
            issuer.publish([key])
            try await RunningServer.light(Self.flags(issuer)) { server async throws in
                let old = try key.token(Self.claims(issuer, ["exp": 1]))
                for _ in 0..<12 { #expect(try await Self.open(server, old).status == 401) }
                for _ in 0..<12 { #expect(try await server.request("GET", "/mcp").status == 401) }
                let good = try key.token(Self.claims(issuer))
                #expect(try await Self.open(server, good).status == 200)
                let forged = good.dropLast(2) + "AA"
                for _ in 0..<10 { #expect(try await Self.open(server, String(forged)).status == 401) }
                #expect(try await Self.open(server, good).status == 429)
            }
        }
    }

    @Test func `everything is below the path prefix, and the metadata where the standard puts it`()
        async throws
    {
        let key = try await SigningKey.make("EdDSA")
        try await AuthorizationServer.run { issuer async throws in
            issuer.publish([key])
            let flags = Self.flags(issuer).merging(["MCP_PATH_PREFIX": "/tools"]) { $1 }
            try await RunningServer.light(flags) { server async throws in
                let bare = try await server.post("/tools/mcp", "{}")
                let pointer = "https://box.example\(Self.metadata)/tools/mcp"
                #expect(bare.fields["www-authenticate"]?.contains(pointer) == true)
                let document = try await server.request("GET", Self.metadata + "/tools/mcp")
                #expect(document.json["resource"] == "https://box.example/tools/mcp")
                #expect(try await server.request("GET", "/tools" + Self.metadata + "/mcp").status == 200)
                let token = [Self.field(try key.token(Self.claims(issuer)))]
                let opened = try await server.post("/tools/mcp", RunningServer.initialize(), token)
                #expect(opened.status == 200)
                #expect(try await server.post("/mcp", RunningServer.initialize(), token).status == 404)
            }
        }
    }

    @Test func `keys in a file that can't be used stop the start`() async throws {
        let folder = try TestFolder()
        let key = try await SigningKey.make("ES256")
        let path = try folder.write("jwks.json", "{}")
        let flags = [
            "OAUTH_ISSUER": "https://issuer.example", "OAUTH_AUDIENCE": "https://box.example/mcp",
            "MCP_PUBLIC_URL": "https://box.example", "OAUTH_JWKS": path,
        ]
        do {
            try await RunningServer.light(flags) { _ in }
            Issue.record("it started")
        } catch let failure as MCPHTTPServerFailure {
            #expect(failure.code == .badKeys && failure.description.contains(path))
        }
        try folder.write("jwks.json", String(decoding: SigningKey.set([key]), as: UTF8.self))
        try await RunningServer.light(flags) { server async throws in
            let now = Int64(AccessTokenCheck.time())
            let claims: JSONObject = [
                "iss": "https://issuer.example", "aud": "https://box.example/mcp", "sub": "a",
                "exp": .integer(now + 60),
            ]
            #expect(try await Self.open(server, try key.token(claims)).status == 200)
        }
    }

    @Test func `settings that were changed by a program do not open a wide address`() throws {
        var settings = try RunningServer.settings([:])
        settings.server.host = "0.0.0.0"
        let host = ToolHost(
            registry: ToolRegistry(),
            policy: PolicyEngine(settings: PolicySettings()),
            audit: nil,
            limits: settings.limits,
            mechanism: "none",
            logger: RunningServer.quiet
        )
        let service = MCPService(host: host, name: "test", version: "1", instructions: nil)
        #expect(throws: MCPHTTPServerFailure.self) {
            try MCPHTTPServer(
                service: service,
                settings: settings,
                logger: RunningServer.quiet
            ) { _, _ in }
        }
    }

    private static func rules(_ issuer: AuthorizationServer) -> AccessTokenRules {
        AccessTokenRules(issuer: issuer.base, audience: "https://box.example/mcp")
    }

    /// A cache whose clock is the test's.
    private struct ClockedCache {
        let cache: KeyCache
        let clock: TestClock
    }

    private static func cache(_ issuer: AuthorizationServer) throws -> ClockedCache {
        let source = try #require(KeySource(issuer: issuer.base, keys: nil))
        let fetcher = try DocumentFetcher(authorities: [])
        let clock = TestClock()
        let cache = KeyCache(logger: RunningServer.quiet, now: { clock.now }) { () async throws(KeyFault) in
            try await source.load(fetcher)
        }
        return ClockedCache(cache: cache, clock: clock)
    }
}
