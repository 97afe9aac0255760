// SPDX-License-Identifier: Apache-2.0

/// Who may call over HTTP.
public struct AuthenticationSettings: Sendable, Equatable {
    /// `MCP_AUTH_TOKEN`, or what stood in `MCP_AUTH_TOKEN_FILE` at the start.
    public var tokens: [BearerToken]
    /// `MCP_AUTH_TOKEN_FILE`: absolute path; it is read again when it changes.
    public var tokenFile: String?
    /// `OAUTH_ISSUER`.
    public var issuer: String?
    /// `OAUTH_AUDIENCE`; not nil where ``issuer`` is not nil.
    public var audience: String?
    /// `OAUTH_JWKS`: an address or an absolute path; nil for what the issuer's metadata names.
    public var keys: String?
    /// `OAUTH_CA_FILE`: absolute path; nil for the certificate authorities of the system alone.
    public var certificateAuthorities: String?

    /// Tokens of an authorization server are asked for.
    public var usesOAuth: Bool { issuer != nil }

    /// Every request has to prove who sends it.
    public var isOn: Bool { !tokens.isEmpty || usesOAuth }
}
