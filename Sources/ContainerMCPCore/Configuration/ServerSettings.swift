// SPDX-License-Identifier: Apache-2.0

/// Where the server listens and whom it answers.
public struct ServerSettings: Sendable, Equatable {
    /// `MCP_HOST`: an address or a host name; never `localhost`, which became 127.0.0.1.
    public var host: String
    /// `MCP_PORT`: 0 takes a free one.
    public var port: Int
    /// `MCP_SOCKET`: absolute path of the Unix socket that takes the place of host and port.
    public var socketPath: String?
    /// `MCP_ALLOWED_HOSTS`: lower case, IPv6 without brackets; any port.
    public var allowedHosts: [String]
    /// `MCP_ALLOWED_ORIGINS`: `scheme://host[:port]` in lower case, `:*` at the end for any port.
    public var allowedOrigins: [String]
    /// The origins are somebody's choice, not the default; only then are cross-origin headers sent.
    public var hasConfiguredOrigins: Bool
    /// `MCP_TLS_CERT`: absolute path; nil where ``tlsKey`` is nil.
    public var tlsCertificate: String?
    /// `MCP_TLS_KEY`: absolute path.
    public var tlsKey: String?
    /// `MCP_PATH_PREFIX`: empty, or begins with a slash and does not end with one.
    public var pathPrefix: String
    /// `MCP_PUBLIC_URL`.
    public var publicURL: String?
    /// `MCP_TRUSTED_PROXIES`: addresses and ranges.
    public var trustedProxies: [String]
    /// `MCP_STATE_KEY_FILE`: absolute path.
    public var stateKeyFile: String?
    /// `MCP_REPLICA_ID`.
    public var replicaID: String?

    /// Nobody but this machine can reach the server: a Unix socket, 127.0.0.1 or ::1.
    public var isLoopback: Bool {
        socketPath != nil || HostName.isLoopback(host)
    }
}
