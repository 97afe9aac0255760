// SPDX-License-Identifier: Apache-2.0

/// Who may call over HTTP.
public struct AuthenticationSettings: Sendable, Equatable {
    /// `MCP_AUTH_TOKEN`, or the line in `MCP_AUTH_TOKEN_FILE`.
    public var token: SecretText?
    /// `OAUTH_ISSUER`.
    public var issuer: String?
    /// `OAUTH_AUDIENCE`; not nil where ``issuer`` is not nil.
    public var audience: String?
    /// `OAUTH_JWKS`: an address or an absolute path; nil for what the issuer's metadata names.
    public var keys: String?

    /// Tokens of an authorization server are asked for.
    public var usesOAuth: Bool { issuer != nil }

    /// Every request has to prove who sends it.
    public var isOn: Bool { token != nil || usesOAuth }
}
