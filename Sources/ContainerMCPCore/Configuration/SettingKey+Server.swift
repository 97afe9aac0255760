// SPDX-License-Identifier: Apache-2.0

extension SettingKey {
    static let host = SettingKey(
        "MCP_HOST",
        .text(.listenAddress),
        default: "127.0.0.1",
        visible: .value,
        in: .server,
        "Address to listen on. Anything but 127.0.0.1 and ::1 needs authentication."
    )
    static let port = SettingKey(
        "MCP_PORT",
        .integer(0...65_535, .count),
        default: "8000",
        visible: .value,
        in: .server,
        "Port to listen on; 0 takes a free one."
    )
    static let allowedHosts = SettingKey(
        "MCP_ALLOWED_HOSTS",
        .list(.host),
        default: "localhost,127.0.0.1,::1",
        derived: "with MCP_HOST and the host of MCP_PUBLIC_URL added",
        visible: .value,
        in: .server,
        "Names that the Host header may hold, with any port."
    )
    static let allowedOrigins = SettingKey(
        "MCP_ALLOWED_ORIGINS",
        .list(.origin),
        default: "http://localhost:*,http://127.0.0.1:*,http://[::1]:*,"
            + "https://localhost:*,https://127.0.0.1:*,https://[::1]:*",
        visible: .value,
        in: .server,
        "Web origins that browsers may call from; scheme, host and port are compared exactly."
    )
    static let tlsCertificate = SettingKey(
        "MCP_TLS_CERT",
        .file,
        in: .server,
        "Certificate chain in PEM form; with MCP_TLS_KEY the server speaks TLS."
    )
    static let tlsKey = SettingKey(
        "MCP_TLS_KEY",
        .file,
        in: .server,
        "File with the private key of MCP_TLS_CERT, in PEM form."
    )
    static let socket = SettingKey(
        "MCP_SOCKET",
        .file,
        in: .server,
        "Unix socket to listen on instead of MCP_HOST and MCP_PORT."
    )
    static let pathPrefix = SettingKey(
        "MCP_PATH_PREFIX",
        .text(.pathPrefix),
        in: .server,
        "Path below which everything is served."
    )
    static let publicURL = SettingKey(
        "MCP_PUBLIC_URL",
        .text(.webAddress),
        in: .server,
        "Address under which clients reach the server, which OAuth needs; without a path, MCP_PATH_PREFIX is added."
    )
    static let trustedProxies = SettingKey(
        "MCP_TRUSTED_PROXIES",
        .list(.networkOrAddress),
        default: "",
        in: .server,
        "Addresses of proxies whose X-Forwarded-For says who failed to authenticate."
    )
    static let stateKeyFile = SettingKey(
        "MCP_STATE_KEY_FILE",
        .file,
        in: .server,
        "File with the key that seals request state, for several processes that share it."
    )
    static let replicaID = SettingKey(
        "MCP_REPLICA_ID",
        .text(.tag),
        in: .server,
        "Tag of this process among several; session identifiers begin with it."
    )

    static let serverKeys: [SettingKey] = [
        host, port, allowedHosts, allowedOrigins, tlsCertificate, tlsKey, socket, pathPrefix, publicURL,
        trustedProxies, stateKeyFile, replicaID,
    ]

    static let authToken = SettingKey(
        "MCP_AUTH_TOKEN",
        .text(.token),
        secret: true,
        in: .authentication,
        "Bearer token that every HTTP request must carry."
    )
    static let authTokenFile = SettingKey(
        "MCP_AUTH_TOKEN_FILE",
        .file,
        in: .authentication,
        "File with one bearer token a line, each after a name and a blank if it has one; read again when it changes."
    )
    static let oauthIssuer = SettingKey(
        "OAUTH_ISSUER",
        .text(.secureAddress),
        in: .authentication,
        "Authorization server whose tokens are accepted; turns OAuth on."
    )
    static let oauthAudience = SettingKey(
        "OAUTH_AUDIENCE",
        .text(.line),
        in: .authentication,
        "Audience that a token must name."
    )
    static let oauthKeys = SettingKey(
        "OAUTH_JWKS",
        .text(.secureAddressOrFile),
        derived: "found through the metadata of OAUTH_ISSUER",
        in: .authentication,
        "Keys that tokens are signed with."
    )

    static let oauthAuthorities = SettingKey(
        "OAUTH_CA_FILE",
        .file,
        in: .authentication,
        "Further certificate authorities in PEM form that OAUTH_ISSUER and OAUTH_JWKS may be certified by."
    )

    static let authenticationKeys: [SettingKey] = [
        authToken, authTokenFile, oauthIssuer, oauthAudience, oauthKeys, oauthAuthorities,
    ]
}
