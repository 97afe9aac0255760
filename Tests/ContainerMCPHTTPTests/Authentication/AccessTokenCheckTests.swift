// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import Testing

@Suite struct AccessTokenCheckTests {
    static let issuer = "https://issuer.example/realm"
    static let audience = "https://box.example/mcp"
    static let now = 2_000_000_000.0

    static func claims(_ changes: [String: JSONValue?] = [:]) -> JSONObject {
        var claims: JSONObject = [
            "iss": .string(issuer), "aud": .string(audience), "sub": "alice", "exp": 2_000_000_300,
            "iat": 2_000_000_000, "scope": "read exec",
        ]
        for (name, value) in changes { claims[name] = value }
        return claims
    }

    /// A check that has some keys and can get no others.
    static func check(_ keys: [SigningKey], document: [UInt8]? = nil) async throws -> AccessTokenCheck {
        let set = document ?? SigningKey.set(keys)
        let cache = KeyCache(logger: RunningServer.quiet) { () async throws(KeyFault) in
            FetchedKeys(keys: try await VerificationKeys(set), cacheControl: nil)
        }
        try await cache.fetch()
        return AccessTokenCheck(
            rules: AccessTokenRules(issuer: issuer, audience: audience),
            keys: cache,
            now: { Self.now }
        )
    }

    static func fault(_ verdict: TokenVerdict) -> TokenFault? {
        if case .refused(let fault) = verdict { fault } else { nil }
    }

    static func subject(_ verdict: TokenVerdict) -> Subject? {
        if case .accepted(let subject) = verdict { subject } else { nil }
    }

    @Test(arguments: SignatureAlgorithm.allCases.map(\.rawValue))
    func `a token of every accepted algorithm opens, and none that was tampered with`(
        algorithm: String
    ) async throws {
        let key = try await SigningKey.make(algorithm)
        let check = try await Self.check([key])
        let token = try key.token(Self.claims())
        let subject = try #require(Self.subject(check.check(token)))
        #expect(subject.id == "https://issuer.example/realm#alice")
        #expect(subject.isAuthenticated && subject.scopes == [.read, .exec])
        let parts = token.split(separator: ".").map(String.init)
        let other = SigningKey.encoded(JSONValue.object(Self.claims(["sub": "mallory"])))
        #expect(Self.fault(check.check("\(parts[0]).\(other).\(parts[2])")) == .signature)
        let signature = try #require(Base64URL.decode(parts[2].utf8))
        for position in [0, signature.count / 2, signature.count - 1] {
            var broken = signature
            broken[position] ^= 1
            let text = "\(parts[0]).\(parts[1]).\(SigningKey.encoded(broken))"
            #expect(Self.fault(check.check(text)) == .signature)
        }
        for broken in [Array(signature.dropLast()), signature + [0], [0]] {
            let text = "\(parts[0]).\(parts[1]).\(SigningKey.encoded(broken))"
            #expect(Self.fault(check.check(text)) == .signature)
        }
    }

    @Test(
        arguments: [
            (["iss": "https://issuer.example/realm/"], .issuer), (["iss": "https://evil.example"], .issuer),
            (["iss": nil], .issuer), (["iss": ["https://issuer.example/realm"]], .issuer),
            (["aud": "https://box.example"], .audience), (["aud": nil], .audience),
            (["aud": []], .audience), (["aud": ["a", "b"]], .audience), (["aud": 1], .audience),
            (["aud": "https://box.example/mcp/"], .audience),
            (["aud": [["https://box.example/mcp"]]], .audience),
            (["exp": nil], .malformed), (["exp": "2000000300"], .malformed),
            (["exp": 1_999_999_940], .expired),
            (["exp": 0], .expired), (["exp": -1e300], .expired), (["exp": 1_999_999_939.5], .expired),
            (["nbf": 2_000_000_061], .early), (["iat": 2_000_000_061], .early), (["iat": 1e300], .early),
            (["nbf": "x"], .malformed), (["iat": true], .malformed),
            (["sub": nil], .subject), (["sub": ""], .subject), (["sub": 1], .subject),
            (["sub": .string(String(repeating: "x", count: 1_025))], .subject),
            (["scope": 1], .malformed), (["scp": [1]], .malformed),
        ] as [([String: JSONValue?], TokenFault)]
    )
    func `a token whose claims are wrong is refused`(
        changes: [String: JSONValue?],
        expected: TokenFault
    ) async throws {
        let key = try await SigningKey.make("ES256")
        let check = try await Self.check([key])
        #expect(Self.fault(check.check(try key.token(Self.claims(changes)))) == expected)
    }

    @Test(
        arguments: [
            (["aud": ["other", "https://box.example/mcp"]], [.read, .exec]),
            (["exp": 1_999_999_941], [.read, .exec]), (["exp": 1_999_999_940.5], [.read, .exec]),
            (["nbf": 2_000_000_060], [.read, .exec]), (["iat": 2_000_000_060, "nbf": 1], [.read, .exec]),
            (["iat": nil], [.read, .exec]), (["exp": 1e300], [.read, .exec]),
            (["scope": nil], []), (["scope": ""], []), (["scope": nil, "scp": "files web"], [.files, .web]),
            (["scope": "openid  read", "scp": ["web", "Exec"]], [.read, .web]),
            (["scope": nil, "scp": nil, "permissions": ["read"]], []),
        ] as [([String: JSONValue?], Set<Scope>)]
    )
    func `a token that is in order opens as far as its scopes go`(
        changes: [String: JSONValue?],
        scopes: Set<Scope>
    ) async throws {
        let key = try await SigningKey.make("ES256")
        let check = try await Self.check([key])
        let subject = try #require(Self.subject(check.check(try key.token(Self.claims(changes)))))
        #expect(subject.scopes == scopes)
    }

    @Test(
        arguments: [
            (["typ": "JWT"], nil), (["typ": "application/AT+jwt"], nil), (["typ": nil], nil),
            (["typ": "logout+jwt"], .type), (["typ": "dpop+jwt"], .type), (["typ": 1], .type),
            (["alg": "none"], .algorithm), (["alg": "HS256"], .algorithm), (["alg": "es256"], .algorithm),
            (["alg": "ES256K"], .algorithm), (["alg": nil], .algorithm), (["alg": "RS1"], .algorithm),
            (["crit": ["exp"]], .malformed), (["kid": 1], .malformed), (["alg": "RS256"], .key),
            (["kid": "other"], .key), (["kid": nil], nil),
        ] as [([String: JSONValue?], TokenFault?)]
    )
    func `a token whose header is wrong is refused`(
        changes: [String: JSONValue?],
        expected: TokenFault?
    ) async throws {
        let key = try await SigningKey.make("ES256")
        let check = try await Self.check([key])
        let verdict = check.check(try key.token(Self.claims(), header: changes))
        #expect(Self.fault(verdict) == expected)
        #expect((Self.subject(verdict) != nil) == (expected == nil))
    }

    @Test func `neither a token without a signature nor one signed with the public key opens`() async throws {
        let key = try await SigningKey.make("RS256")
        let check = try await Self.check([key])
        let claims = SigningKey.encoded(JSONValue.object(Self.claims()))
        for name in ["none", "None", "NONE"] {
            let header = SigningKey.encoded(["alg": .string(name), "typ": "at+jwt"] as JSONValue)
            for text in ["\(header).\(claims).", "\(header).\(claims)", "\(header).\(claims).AA"] {
                #expect(Self.subject(check.check(text)) == nil)
            }
        }
        let modulus = try #require(key.publicKey["n"]?.stringValue)
        for secret in [
            Array(modulus.utf8), try #require(Base64URL.decode(modulus.utf8)), SigningKey.set([key]),
        ] {
            let text = SigningKey.token(Self.claims(), secret: secret, id: key.id)
            #expect(Self.fault(check.check(text)) == .algorithm)
        }
        let unsigned = try key.token(Self.claims()).split(separator: ".").prefix(2).joined(separator: ".")
        #expect(Self.fault(check.check(unsigned + ".")) == .malformed)
    }

    @Test(arguments: [
        "", ".", "..", "...", "a.b.c", "e30.e30.e30", "e30.e30.", "W10.e30.AA", "eyJhIjoxfQ==.e30.AA",
        "eyJhbGciOiJFUzI1NiJ9.e30.AA.AA", "eyJhbGciOiJFUzI1NiIsImFsZyI6Im5vbmUifQ.e30.AA",
        "eyJhbGciOiJFUzI1NiJ9.bnVsbA.AA", " e30.e30.AA",
    ])
    func `what is no token is refused`(text: String) async throws {
        let key = try await SigningKey.make("ES256")
        #expect(Self.fault(try await Self.check([key]).check(text)) != nil)
    }

    @Test func `a token of somebody else's key with the same name is refused`() async throws {
        let ours = try await SigningKey.make("ES256", id: "same")
        let theirs = try await SigningKey.make("ES256", id: "same")
        let check = try await Self.check([ours])
        #expect(Self.fault(check.check(try theirs.token(Self.claims()))) == .signature)
        // Without a name it could be a new key, and nobody knows one.
        #expect(Self.fault(check.check(try theirs.token(Self.claims(), header: ["kid": nil]))) == .key)
    }

    @Test func `an algorithm that the key is not for is refused`() async throws {
        let key = try await SigningKey.make("RS256")
        var public384 = key.publicKey
        public384["alg"] = "RS384"
        let document = JSONValue.object(["keys": [.object(public384)]]).encoded()
        let check = try await Self.check([], document: document)
        #expect(Self.fault(check.check(try key.token(Self.claims()))) == .key)
    }

    @Test func `subjects that look alike stay apart`() async throws {
        let key = try await SigningKey.make("EdDSA")
        let check = try await Self.check([key])
        var ids: Set<String> = []
        let names = ["\u{E9}", "e\u{301}", "%C3%A9", "a b", "a%20b", "a\nb", "alice", "Alice", "a#b"]
        for name in names {
            let verdict = check.check(try key.token(Self.claims(["sub": .string(name)])))
            let id = try #require(Self.subject(verdict)?.id)
            #expect(id.utf8.allSatisfy { (0x21...0x7E).contains($0) })
            ids.insert(id)
        }
        #expect(ids.count == names.count)
    }
}
