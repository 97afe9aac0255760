// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import Logging
import NIOSSL

/// How requests prove who sends them.
struct Authentication: Sendable {
    /// The kinds of proof.
    enum Way: Sendable {
        /// Tokens that the operator wrote down.
        case tokens(StaticTokens)
        /// Tokens of an authorization server.
        case oauth(AccessTokenCheck)
    }

    /// Nil where nobody has to prove anything.
    let way: Way?
    let challenge: BearerChallenge
    /// Nil without OAuth.
    let metadata: ProtectedResourceMetadata?
    private let keys: KeyCache?
    private let isLocal: Bool

    /// Makes what the settings ask for.
    ///
    /// - Parameters:
    ///   - settings: All settings.
    ///   - logger: Hears of tokens and keys that changed or can't be had; never of what is in them.
    /// - Throws: ``MCPHTTPServerFailure`` where the settings do not go together.
    init(_ settings: Settings, logger: Logger) throws(MCPHTTPServerFailure) {
        let chosen = settings.authentication
        metadata = ProtectedResourceMetadata(settings)
        challenge = BearerChallenge(metadata)
        guard let issuer = chosen.issuer else {
            keys = nil
            isLocal = true
            guard !chosen.tokens.isEmpty else {
                way = nil
                return
            }
            way = .tokens(StaticTokens(chosen.tokens, path: chosen.tokenFile, logger: logger))
            return
        }
        guard let audience = chosen.audience, metadata != nil else {
            throw MCPHTTPServerFailure(
                .notProtected,
                "OAUTH_ISSUER needs OAUTH_AUDIENCE and MCP_PUBLIC_URL. Set all three."
            )
        }
        guard let source = KeySource(issuer: issuer, keys: chosen.keys) else {
            throw MCPHTTPServerFailure(
                .badKeys,
                "OAUTH_ISSUER or OAUTH_JWKS is neither an https address nor the path of a file."
            )
        }
        let fetcher = try Self.fetcher(chosen.certificateAuthorities)
        let keys = KeyCache(logger: logger) { () async throws(KeyFault) in try await source.load(fetcher) }
        let rules = AccessTokenRules(issuer: issuer, audience: audience)
        way = .oauth(AccessTokenCheck(rules: rules, keys: keys))
        self.keys = keys
        isLocal = source.isLocal
    }

    private static func fetcher(_ authorities: String?) throws(MCPHTTPServerFailure) -> DocumentFetcher {
        var certificates: [NIOSSLCertificate] = []
        if let path = authorities {
            do throws(CertificateFault) {
                certificates = try CertificateFiles.certificates(path, key: "OAUTH_CA_FILE")
            } catch {
                throw MCPHTTPServerFailure(.badCertificate, error.description)
            }
        }
        guard let fetcher = try? DocumentFetcher(authorities: certificates) else {
            throw MCPHTTPServerFailure(.badCertificate, "OAUTH_CA_FILE can't be used for TLS connections.")
        }
        return fetcher
    }

    /// Gets keys before the first request needs them; those of another machine are not waited for.
    ///
    /// - Throws: ``MCPHTTPServerFailure`` where a key file can't be used.
    func prepare() async throws(MCPHTTPServerFailure) {
        guard let keys else { return }
        guard isLocal else {
            return keys.beginFetching()
        }
        do throws(KeyFault) {
            try await keys.fetch()
        } catch {
            throw MCPHTTPServerFailure(.badKeys, "\(error.reason). Name a file with a key set in JSON.")
        }
    }

    /// Looks after what may change while the server runs, until the task is cancelled.
    func keepUp() async {
        if case .tokens(let tokens) = way { await tokens.keepUp() }
    }

    /// Gives up what is on its way.
    func stop() {
        keys?.stop()
    }
}

extension MCPHTTPServerFailure.Code {
    /// The server could be reached from other machines, or by other people, without proof of who they are.
    public static let notProtected = MCPHTTPServerFailure.Code(rawValue: "notProtected")
    /// The keys that tokens are checked with can't be used.
    public static let badKeys = MCPHTTPServerFailure.Code(rawValue: "badKeys")
    /// A certificate or its private key can't be used.
    public static let badCertificate = MCPHTTPServerFailure.Code(rawValue: "badCertificate")
}
