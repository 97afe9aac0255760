// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Logging

extension Settings {
    /// Reads, checks and puts together all settings.
    ///
    /// Nothing is created. The file system is only looked at: at links, to compare folders, and at
    /// `MCP_AUTH_TOKEN_FILE`.
    ///
    /// - Parameters:
    ///   - flags: Keys and values of `--set` and of the flags that stand for a key (`--host` is `MCP_HOST`).
    ///   - environment: The process environment.
    ///   - file: The environment file, if there is one.
    ///   - currentDirectory: The absolute folder that relative paths start from.
    ///   - unsafeNoSandbox: The flag `--unsafe-no-sandbox`; it makes the level
    ///     ``SandboxSettings/Level/none``.
    ///   - servesNetwork: Whether the program will listen; if not, what concerns listening and authentication
    ///     is read but not checked for contradictions.
    /// - Returns: The settings; their warnings are for the log.
    /// - Throws: ``SettingsError`` with everything that is wrong.
    public static func load(
        flags: [String: String] = [:],
        environment: [String: String],
        file: EnvironmentFile? = nil,
        currentDirectory: String,
        unsafeNoSandbox: Bool = false,
        servesNetwork: Bool = true
    ) throws(SettingsError) -> Settings {
        let sources = SettingSources(flags: flags, environment: environment, file: file)
        var reader = SettingsReader(sources: sources, file: file, directory: currentDirectory)
        reader.checkNames(flags: flags, environment: environment)
        reader.derive(.auditLog, .text(reader.path(.logFolder) + "/audit.jsonl"))
        reader.checkConflicts(unsafeNoSandbox: unsafeNoSandbox, servesNetwork: servesNetwork)
        let isTestMode = reader.boolean(.testMode)
        if !isTestMode { reader.checkPlaces() }
        if reader.text(.oauthIssuer) != nil { reader.derive(.workspaceScope, .text("subject")) }
        reader.deriveHosts()
        let tokens = reader.readTokens(readsFile: servesNetwork)
        if unsafeNoSandbox { reader.replace(.sandboxLevel, .text("none")) }
        let settings = Settings(
            server: reader.server(),
            authentication: AuthenticationSettings(
                tokens: tokens,
                tokenFile: reader.text(.authTokenFile),
                issuer: reader.text(.oauthIssuer),
                audience: reader.text(.oauthAudience),
                keys: reader.text(.oauthKeys),
                certificateAuthorities: reader.text(.oauthAuthorities)
            ),
            tools: reader.tools(),
            sandbox: reader.sandbox(isUnsafe: unsafeNoSandbox),
            bash: reader.bash(),
            python: reader.python(),
            files: FileSettings(
                maximumBytes: reader.bytes(.fileSize),
                allowedExtensions: reader.list(.fileExtensions)
            ),
            web: reader.web(),
            limits: reader.limits(),
            logging: reader.logging(),
            audit: AuditSettings(
                path: reader.path(.auditLog),
                keepsFullText: reader.boolean(.auditFullText),
                maximumFileBytes: reader.bytes(.auditSize),
                maximumFiles: reader.integer(.auditFiles)
            ),
            isTestMode: isTestMode,
            warnings: reader.warnings,
            entries: reader.entries
        )
        guard reader.problems.isEmpty else { throw SettingsError(problems: reader.problems) }
        return settings
    }
}

extension SettingsReader {
    /// The names under which the operator put the server up are names that clients may use.
    fileprivate mutating func deriveHosts() {
        guard !isSet(.allowedHosts) else { return }
        var hosts = list(.allowedHosts)
        if let host = text(.host), !HostName.isUnspecified(host) { hosts.append(host) }
        // The text passed the same parser before.
        if let address = text(.publicURL), let url = try? SettingURL(address) { hosts.append(url.host) }
        var seen: Set<String> = []
        derive(.allowedHosts, .list(hosts.filter { seen.insert($0).inserted }))
    }

    /// The token from the environment, or those of the token file.
    fileprivate mutating func readTokens(readsFile: Bool) -> [BearerToken] {
        guard let path = text(.authTokenFile), !isFaulty(.authTokenFile) else {
            return secret(.authToken).map { [BearerToken(secret: $0)] } ?? []
        }
        guard readsFile else { return [] }
        do {
            let tokens = try BearerTokenFile.read(path)
            if tokens.contains(where: { $0.secret.revealed.utf8.count < BearerTokenFile.minimumTokenBytes }) {
                warn("The token in MCP_AUTH_TOKEN_FILE is shorter than 16 characters and can be guessed.")
            }
            return tokens
        } catch {
            refuse(
                [SettingKey.authTokenFile.name],
                "MCP_AUTH_TOKEN_FILE=\(shown(.authTokenFile)): \(error.reason)."
            )
            return []
        }
    }

    fileprivate mutating func server() -> ServerSettings {
        ServerSettings(
            host: text(.host) ?? "127.0.0.1",
            port: integer(.port),
            socketPath: text(.socket),
            allowedHosts: list(.allowedHosts),
            allowedOrigins: list(.allowedOrigins),
            hasConfiguredOrigins: isSet(.allowedOrigins),
            tlsCertificate: text(.tlsCertificate),
            tlsKey: text(.tlsKey),
            pathPrefix: text(.pathPrefix) ?? "",
            publicURL: text(.publicURL),
            trustedProxies: list(.trustedProxies),
            stateKeyFile: text(.stateKeyFile),
            replicaID: text(.replicaID)
        )
    }

    fileprivate mutating func tools() -> ToolSettings {
        ToolSettings(
            offersSystem: boolean(.enablesSystem),
            offersFiles: boolean(.enablesFiles),
            offersWeb: boolean(.enablesWeb),
            policyFile: text(.policyFile),
            taskTimeoutMaximum: .seconds(integer(.taskTimeoutMaximum)),
            taskStore: text(.taskStore),
            taskGrace: .seconds(integer(.taskGrace)),
            tasksKept: integer(.tasksKept)
        )
    }

    fileprivate mutating func sandbox(isUnsafe: Bool) -> SandboxSettings {
        SandboxSettings(
            root: path(.sandboxRoot),
            dataFolder: path(.dataFolder),
            tempFolder: path(.tempFolder),
            level: isUnsafe ? .none : word(.sandboxLevel, otherwise: .full),
            backend: word(.sandboxBackend, otherwise: .native),
            restrictsCommands: boolean(.commandRestricted),
            allowsWorkspacePrograms: boolean(.workspaceExec),
            scope: word(.workspaceScope, otherwise: .session),
            maximumProcesses: integer(.maxProcesses),
            maximumDescriptors: integer(.maxOpenFiles),
            temporaryBytes: bytes(.tmpSize),
            workspaceBytes: bytes(.workspaceSize),
            workspaceNames: integer(.workspaceNames)
        )
    }

    fileprivate mutating func bash() -> BashSettings {
        BashSettings(
            allowedCommands: list(.bashCommands),
            timeout: .seconds(integer(.bashTimeout)),
            timeoutMaximum: .seconds(integer(.bashTimeoutMaximum)),
            memoryBytes: bytes(.bashMemory)
        )
    }

    fileprivate mutating func python() -> PythonSettings {
        PythonSettings(
            executable: text(.pythonExecutable),
            timeout: .seconds(integer(.pythonTimeout)),
            timeoutMaximum: .seconds(integer(.pythonTimeoutMaximum)),
            memoryBytes: bytes(.pythonMemory),
            isolation: word(.pythonIsolation, otherwise: .fresh)
        )
    }

    fileprivate mutating func web() -> WebSettings {
        WebSettings(
            timeout: .seconds(integer(.webTimeout)),
            timeoutMaximum: .seconds(integer(.webTimeoutMaximum)),
            allowedDomains: list(.webDomains),
            allowedPrivateNetworks: list(.webPrivate),
            provider: word(.webProvider, otherwise: .automatic),
            braveKey: secret(.braveKey),
            searxngURL: text(.searxngURL),
            tavilyKey: secret(.tavilyKey),
            exaKey: secret(.exaKey),
            kagiKey: secret(.kagiKey),
            browserEngine: word(.browserEngine, otherwise: .cdp),
            browserPath: text(.browserPath),
            respectsRobots: boolean(.respectsRobots),
            userAgent: text(.userAgent),
            proxy: secret(.webProxy),
            certificateFile: text(.webCertificates)
        )
    }

    fileprivate mutating func limits() -> LimitSettings {
        LimitSettings(
            exec: .init(running: integer(.execRunning), waiting: integer(.execWaiting)),
            files: .init(running: integer(.fileRunning), waiting: integer(.fileWaiting)),
            web: .init(running: integer(.webRunning), waiting: integer(.webWaiting)),
            sessionRunning: integer(.sessionRunning),
            backgroundRunning: integer(.taskRunning),
            outputBytes: bytes(.outputKept),
            outputKillBytes: bytes(.outputKilled),
            requestBytes: bytes(.requestSize),
            replyBytes: bytes(.replySize),
            sessions: integer(.sessions),
            sessionIdle: .seconds(integer(.sessionIdle) &* 60),
            connections: integer(.connections)
        )
    }

    fileprivate mutating func logging() -> LoggingSettings {
        let named = text(.logLevel).flatMap { Logger.Level(rawValue: SettingText.lowercased($0)) } ?? .info
        return LoggingSettings(
            level: boolean(.debug) ? min(named, .debug) : named,
            format: word(.logFormat, otherwise: .text),
            folder: path(.logFolder)
        )
    }
}
