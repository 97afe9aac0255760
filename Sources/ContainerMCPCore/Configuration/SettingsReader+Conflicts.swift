// SPDX-License-Identifier: Apache-2.0

extension SettingsReader {
    /// What two keys say together; each message names both.
    mutating func checkConflicts(unsafeNoSandbox: Bool, servesNetwork: Bool) {
        checkOrder(.bashTimeout, .bashTimeoutMaximum)
        checkOrder(.pythonTimeout, .pythonTimeoutMaximum)
        checkOrder(.webTimeout, .webTimeoutMaximum)
        if bytes(.outputKept) > bytes(.outputKilled) {
            refuse(
                .outputKept,
                .outputKilled,
                because:
                    "OUTPUT_MAX_KB=\(shown(.outputKept)) is more than OUTPUT_KILL_MB=\(shown(.outputKilled)), "
                    + "which ends a call before so much could be kept."
            )
        }
        if bytes(.fileSize) > bytes(.requestSize) {
            warn(
                "FILE_MAX_SIZE_MB=\(shown(.fileSize)) is more than REQUEST_MAX_MB=\(shown(.requestSize)): "
                    + "no file_write can be so large."
            )
        }
        checkSandbox(unsafeNoSandbox: unsafeNoSandbox)
        checkProvider()
        guard servesNetwork else { return }
        checkAuthentication()
        checkListening(unsafeNoSandbox: unsafeNoSandbox)
    }

    func shown(_ key: SettingKey) -> String {
        SettingText.shown(entries[key.name]?.text ?? "")
    }

    /// A default that nobody chose gives way to a maximum that somebody chose.
    private mutating func checkOrder(_ key: SettingKey, _ maximum: SettingKey) {
        let limit = integer(maximum)
        guard integer(key) > limit else { return }
        guard isSet(key) else { return derive(key, .integer(limit)) }
        refuse(
            key,
            maximum,
            because: "\(key.name)=\(shown(key)) is more than \(maximum.name)=\(shown(maximum)); "
                + "lower the first or raise the second."
        )
    }

    private mutating func checkSandbox(unsafeNoSandbox: Bool) {
        let level = text(.sandboxLevel)
        if level == "none", !unsafeNoSandbox {
            refuse(
                [SettingKey.sandboxLevel.name, "--unsafe-no-sandbox"],
                "SANDBOX_LEVEL=none runs everything unprotected and needs the flag --unsafe-no-sandbox too."
            )
        }
        if unsafeNoSandbox, level != "none", isSet(.sandboxLevel), !isFaulty(.sandboxLevel), level != "auto" {
            refuse(
                [SettingKey.sandboxLevel.name, "--unsafe-no-sandbox"],
                "SANDBOX_LEVEL=\(shown(.sandboxLevel)) and --unsafe-no-sandbox contradict each other; keep one."
            )
        }
        let isRestricted = boolean(.commandRestricted)
        if isRestricted, boolean(.workspaceExec) {
            warn(
                "WORKSPACE_EXEC=true with COMMAND_RESTRICTED=true: programs that a caller puts into the workspace "
                    + "run although they are not in BASH_ALLOWED_COMMANDS."
            )
        }
        if !isRestricted, isSet(.bashCommands) {
            warn("BASH_ALLOWED_COMMANDS is not used, because COMMAND_RESTRICTED=false allows every program.")
        }
    }

    private mutating func checkProvider() {
        let needs: [String: SettingKey] = [
            "brave": .braveKey, "searxng": .searxngURL, "tavily": .tavilyKey, "exa": .exaKey,
            "kagi": .kagiKey,
        ]
        guard let provider = text(.webProvider), let key = needs[provider], text(key) == nil else { return }
        refuse(
            .webProvider,
            key,
            because: "WEB_SEARCH_PROVIDER=\(provider) needs \(key.name); set it, or use auto."
        )
    }

    private mutating func checkAuthentication() {
        if text(.authToken) != nil, text(.authTokenFile) != nil {
            refuse(
                .authToken,
                .authTokenFile,
                because: "MCP_AUTH_TOKEN and MCP_AUTH_TOKEN_FILE are both set; keep one."
            )
        }
        for key in [SettingKey.authToken, .authTokenFile] where text(key) != nil && text(.oauthIssuer) != nil
        {
            refuse(
                key,
                .oauthIssuer,
                because: "\(key.name) and OAUTH_ISSUER are both set; keep the token or OAuth."
            )
        }
        let issuer = text(.oauthIssuer)
        if issuer != nil, text(.oauthAudience) == nil {
            refuse(
                .oauthIssuer,
                .oauthAudience,
                because:
                    "OAUTH_ISSUER needs OAUTH_AUDIENCE: without it tokens meant for others would be accepted."
            )
        }
        if issuer != nil, text(.publicURL) == nil {
            refuse(
                .oauthIssuer,
                .publicURL,
                because:
                    "OAUTH_ISSUER needs MCP_PUBLIC_URL, the address that clients use and that tokens are made for."
            )
        }
        for key in [SettingKey.oauthAudience, .oauthKeys, .oauthAuthorities]
        where text(key) != nil && issuer == nil {
            refuse(
                key,
                .oauthIssuer,
                because: "\(key.name) does nothing without OAUTH_ISSUER; set both or none."
            )
        }
        if let token = text(.authToken), token.utf8.count < 16 {
            warn("MCP_AUTH_TOKEN is shorter than 16 characters and can be guessed; use a long random one.")
        }
    }

    private mutating func checkListening(unsafeNoSandbox: Bool) {
        for (key, other) in [(SettingKey.tlsCertificate, SettingKey.tlsKey), (.tlsKey, .tlsCertificate)]
        where text(key) != nil && text(other) == nil {
            refuse(key, other, because: "\(key.name) is set and \(other.name) is not; TLS needs both.")
        }
        let hasSocket = text(.socket) != nil
        for key in [SettingKey.host, .port] where hasSocket && isSet(key) {
            refuse(
                .socket,
                key,
                because: "MCP_SOCKET and \(key.name) are both set; the server listens in one place."
            )
        }
        if let path = text(.socket), path.utf8.count > 107 {
            refuse(
                .socket,
                because: "MCP_SOCKET=\(shown(.socket)): longer than the 107 bytes a Unix socket may have."
            )
        }
        guard !hasSocket, let host = text(.host), !HostName.isLoopback(host) else { return }
        if unsafeNoSandbox {
            refuse(
                [SettingKey.host.name, "--unsafe-no-sandbox"],
                "MCP_HOST=\(shown(.host)) and --unsafe-no-sandbox: without a sandbox only 127.0.0.1, ::1 or "
                    + "MCP_SOCKET may be listened on."
            )
        }
        let hasToken = text(.authToken) != nil || text(.authTokenFile) != nil
        if !hasToken, text(.oauthIssuer) == nil {
            refuse(
                .host,
                .authToken,
                .authTokenFile,
                .oauthIssuer,
                because:
                    "MCP_HOST=\(shown(.host)) can be reached from other machines and needs authentication: set "
                    + "MCP_AUTH_TOKEN, MCP_AUTH_TOKEN_FILE or OAUTH_ISSUER, or listen on 127.0.0.1."
            )
        }
    }
}
