// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Logging
import Testing

@testable import ContainerMCPCore

@Suite struct SettingsLoadTests {
    private static let secret = "hunter2-hunter2-hunter2"

    private func load(
        _ environment: [String: String] = [:],
        flags: [String: String] = [:],
        file: String? = nil,
        path: String? = nil,
        unsafeNoSandbox: Bool = false,
        servesNetwork: Bool = true
    ) throws -> Settings {
        try Settings.load(
            flags: flags,
            environment: environment,
            file: file.map { try EnvironmentFile(parsing: $0.utf8, path: path) },
            currentDirectory: "/nonexistent/base",
            unsafeNoSandbox: unsafeNoSandbox,
            servesNetwork: servesNetwork
        )
    }

    private func problems(
        _ environment: [String: String] = [:],
        flags: [String: String] = [:],
        file: String? = nil,
        unsafeNoSandbox: Bool = false
    ) throws -> [SettingsError.Problem] {
        do {
            _ = try load(environment, flags: flags, file: file, unsafeNoSandbox: unsafeNoSandbox)
            return []
        } catch let error as SettingsError {
            return error.problems
        }
    }

    @Test func `nothing set gives the documented defaults`() throws {
        let settings = try load(["PATH": "/bin", "HOME": "/root"])
        #expect(settings.warnings.isEmpty)
        #expect(settings.server.host == "127.0.0.1")
        #expect(settings.server.port == 8_000)
        #expect(settings.server.allowedHosts == ["localhost", "127.0.0.1", "::1"])
        #expect(!settings.server.hasConfiguredOrigins)
        #expect(!settings.authentication.isOn)
        #expect(settings.sandbox.root == "/nonexistent/base/sandbox")
        #expect(settings.sandbox.level == .automatic)
        #expect(settings.sandbox.backend == .native)
        #expect(settings.sandbox.restrictsCommands)
        #expect(!settings.sandbox.allowsWorkspacePrograms)
        #expect(settings.sandbox.scope == .shared)
        #expect(settings.sandbox.maximumProcesses == 64)
        #expect(settings.sandbox.temporaryBytes == 67_108_864)
        #expect(
            settings.bash.allowedCommands == ["ls", "cat", "grep", "find", "echo", "pwd", "mkdir", "touch"]
        )
        #expect(settings.bash.timeout == .seconds(30))
        #expect(settings.bash.timeoutMaximum == .seconds(120))
        #expect(settings.bash.memoryBytes == 536_870_912)
        #expect(settings.python.memoryBytes == 268_435_456)
        #expect(settings.python.executable == nil)
        #expect(settings.files.maximumBytes == 10_485_760)
        #expect(settings.files.allowedExtensions == ["txt", "md", "csv", "json", "py"])
        #expect(settings.limits.exec == .init(running: 4, waiting: 32))
        #expect(settings.limits.outputBytes == 1_048_576)
        #expect(settings.limits.sessionIdle == .seconds(1_800))
        #expect(settings.logging.level == .info)
        #expect(settings.audit.path == "/nonexistent/base/logs/audit.jsonl")
        #expect(!settings.isTestMode)
        for key in SettingKey.all { #expect(settings.origin(of: key.name) == .default) }
        #expect(settings.origin(of: "PATH") == nil)
    }

    @Test
    func `flags come before the environment, the environment before the file, the file before defaults`()
        throws
    {
        let file = "MCP_PORT=9003\nDEBUG=true\nBASH_TIMEOUT_MAX=40\n"
        let settings = try load(
            ["MCP_PORT": "9002", "BASH_TIMEOUT_MAX": "50"],
            flags: ["MCP_PORT": "9001"],
            file: file
        )
        #expect(settings.server.port == 9_001)
        #expect(settings.bash.timeoutMaximum == .seconds(50))
        #expect(settings.logging.level == .debug)
        #expect(settings.origin(of: "MCP_PORT") == .flag)
        #expect(settings.origin(of: "BASH_TIMEOUT_MAX") == .environment)
        #expect(settings.origin(of: "DEBUG") == .file)
        #expect(settings.origin(of: "MCP_HOST") == .default)
    }

    @Test(arguments: [
        ("BASH_TIMEOUT_MAX", "abc", "1 to 3600 seconds"), ("BASH_TIMEOUT_MAX", "0", "1 to 3600 seconds"),
        ("BASH_TIMEOUT_MAX", "1.5", "1 to 3600 seconds"), ("FILE_MAX_SIZE_MB", "9999", "1 to 1024 MB"),
        ("DEBUG", "maybe", "true or false"), ("LOG_LEVEL", "loud", "TRACE"),
        ("MCP_PORT", "70000", "0 to 65535"),
        ("MCP_PORT", "", "0 to 65535"), ("SANDBOX_LEVEL", "max", "auto"),
        ("MCP_HOST", "x:80", "without a port"),
    ])
    func `a bad value names key, value and range`(key: String, value: String, range: String) throws {
        for found in [
            try problems([key: value]), try problems(flags: [key: value]),
            try problems(file: "\(key)=\(value)"),
        ] {
            #expect(found.count == 1)
            #expect(found.first?.keys == [key])
            #expect(found.first?.message.contains("\(key)=\(value) (") == true)
            #expect(found.first?.message.contains(range) == true)
        }
    }

    @Test func `all problems come at once, and a line of the file is named`() throws {
        let found = try problems(
            ["DEBUG": "x"],
            flags: ["MCP_PORT": "y"],
            file: "# c\nLOG_FORMAT=xml\nNEW_KEY=1\n"
        )
        #expect(Set(found.flatMap(\.keys)) == ["DEBUG", "MCP_PORT", "LOG_FORMAT", "NEW_KEY"])
        let text = SettingsError(problems: found).description
        #expect(text.contains("LOG_FORMAT=xml (line 2 of the environment file)"))
        #expect(text.contains("NEW_KEY (line 3 of the environment file): unknown key"))
    }

    @Test func `control characters of a bad value are not printed`() throws {
        let found = try problems(["LOG_LEVEL": "\u{1B}[31m\u{202E}" + String(repeating: "x", count: 500)])
        let message = try #require(found.first?.message)
        #expect(!message.contains("\u{1B}") && !message.contains("\u{202E}"))
        #expect(message.utf8.count < 400)
    }

    @Test func `the address that Kubernetes puts into MCP_PORT is explained`() throws {
        let found = try problems(["MCP_PORT": "tcp://10.0.0.1:8000"])
        #expect(found.count == 1)
        #expect(found.first?.message.contains("Kubernetes") == true)
        #expect(
            try load(["MCP_PORT": "tcp://10.0.0.1:8000"], flags: ["MCP_PORT": "8001"]).server.port == 8_001
        )
    }

    @Test func `unknown names stop the start where only our names can stand`() throws {
        #expect(try problems(["CMCP_NEW": "1"]).first?.keys == ["CMCP_NEW"])
        #expect(try problems(["CMCP_SERVICE_HOST": "1"]).first?.message.contains("Kubernetes") == true)
        #expect(try problems(flags: ["NEW": "1"]).first?.keys == ["NEW"])
        #expect(try problems(file: "NEW=1").first?.keys == ["NEW"])
        #expect(
            try problems(file: "BASH_TIMEOUT_MAXX=1").first?.message.contains("BASH_TIMEOUT_MAX?") == true
        )
        #expect(try load(["NEW": "1", "CMCP_RECORD": "1"]).warnings.isEmpty)
    }

    @Test func `a name close to ours in the environment is warned about and its value is not shown`() throws {
        let settings = try load(["BASH_TIMEOUT_MAXX": "1", "MCP_AUTH_TOKN": Self.secret])
        #expect(settings.warnings.count == 2)
        #expect(
            settings.warnings.contains {
                $0.contains("BASH_TIMEOUT_MAXX") && $0.contains("BASH_TIMEOUT_MAX?")
            }
        )
        #expect(!settings.warnings.joined().contains(Self.secret))
    }

    @Test(arguments: [
        "BASE_DIR", "CMCP_KB_STORAGE_PATH", "KB_TIMEOUT_MAX", "MCP_SANDBOX_DIR", "CMCP_LIST_STORAGE_PATH",
        "MARKET_TIMEOUT_DEFAULT", "RSS_USER_AGENT", "MCP_MAX_PROCESSES", "MCP_TIMEOUT", "MCP_ENABLE_FIREJAIL",
        "MCP_ENABLE_APPARMOR", "LISTENER_HOST", "CUSTOM_ENV_FILE", "MCP_LOG_LEVEL", "TOOLS_ENABLE_KB",
        "TOOLS_ENABLE_LIST",
        "TOOLS_ENABLE_MARKET", "TOOLS_ENABLE_RSS",
    ])
    func `a retired key warns in environment and file and is refused as a flag`(key: String) throws {
        #expect(try load([key: "x"]).warnings.filter { $0.contains(key) }.count == 1)
        #expect(try load(file: "\(key)=x").warnings.filter { $0.contains(key) }.count == 1)
        #expect(try problems(flags: [key: "x"]).first?.keys == [key])
    }

    @Test(
        arguments: [
            (
                ["BASH_TIMEOUT_DEFAULT": "60", "BASH_TIMEOUT_MAX": "50"],
                ["BASH_TIMEOUT_DEFAULT", "BASH_TIMEOUT_MAX"]
            ),
            (["BASH_TIMEOUT_DEFAULT": "200"], ["BASH_TIMEOUT_DEFAULT", "BASH_TIMEOUT_MAX"]),
            (["PYTHON_TIMEOUT_DEFAULT": "200"], ["PYTHON_TIMEOUT_DEFAULT", "PYTHON_TIMEOUT_MAX"]),
            (["WEB_TIMEOUT_DEFAULT": "200"], ["WEB_TIMEOUT_DEFAULT", "WEB_TIMEOUT_MAX"]),
            (["OUTPUT_MAX_KB": "2048", "OUTPUT_KILL_MB": "1"], ["OUTPUT_MAX_KB", "OUTPUT_KILL_MB"]),
            (
                ["MCP_AUTH_TOKEN": secret, "MCP_AUTH_TOKEN_FILE": "/dev/null"],
                ["MCP_AUTH_TOKEN", "MCP_AUTH_TOKEN_FILE"]
            ),
            (["MCP_TLS_CERT": "c.pem"], ["MCP_TLS_CERT", "MCP_TLS_KEY"]),
            (["MCP_TLS_KEY": "k.pem"], ["MCP_TLS_KEY", "MCP_TLS_CERT"]),
            (["MCP_SOCKET": "s", "MCP_HOST": "127.0.0.1"], ["MCP_SOCKET", "MCP_HOST"]),
            (["MCP_SOCKET": "s", "MCP_PORT": "8000"], ["MCP_SOCKET", "MCP_PORT"]),
            (["OAUTH_ISSUER": "https://i.example"], ["OAUTH_ISSUER", "OAUTH_AUDIENCE"]),
            (["OAUTH_AUDIENCE": "x"], ["OAUTH_AUDIENCE", "OAUTH_ISSUER"]),
            (["OAUTH_JWKS": "https://i.example/k"], ["OAUTH_JWKS", "OAUTH_ISSUER"]),
            (["OAUTH_CA_FILE": "ca.pem"], ["OAUTH_CA_FILE", "OAUTH_ISSUER"]),
            (
                ["OAUTH_ISSUER": "https://i.example", "OAUTH_AUDIENCE": "x"],
                ["OAUTH_ISSUER", "MCP_PUBLIC_URL"]
            ),
            (
                ["OAUTH_ISSUER": "https://i.example", "OAUTH_AUDIENCE": "x", "MCP_AUTH_TOKEN": secret],
                ["MCP_AUTH_TOKEN", "OAUTH_ISSUER"]
            ),
            (
                ["OAUTH_ISSUER": "https://i.example", "OAUTH_AUDIENCE": "x", "MCP_HOST": "0.0.0.0"],
                ["OAUTH_ISSUER", "MCP_PUBLIC_URL"]
            ),
            (["WEB_SEARCH_PROVIDER": "brave"], ["WEB_SEARCH_PROVIDER", "BRAVE_SEARCH_API_KEY"]),
            (["SANDBOX_LEVEL": "none"], ["SANDBOX_LEVEL", "--unsafe-no-sandbox"]),
            (["SANDBOX_ROOT": "a", "DATA_DIR": "a/b"], ["SANDBOX_ROOT", "DATA_DIR"]),
            (["SANDBOX_ROOT": "a/b", "DATA_DIR": "a"], ["SANDBOX_ROOT", "DATA_DIR"]),
            (["SANDBOX_ROOT": "a", "DATA_DIR": "a"], ["SANDBOX_ROOT", "DATA_DIR"]),
            (["AUDIT_LOG": "sandbox/audit.jsonl"], ["AUDIT_LOG", "SANDBOX_ROOT"]),
            (["AUDIT_LOG": "data/x/audit.jsonl"], ["AUDIT_LOG", "DATA_DIR"]),
            (["POLICY_FILE": "sandbox/p.yaml"], ["POLICY_FILE", "SANDBOX_ROOT"]),
            (["PYTHON_EXECUTABLE": "sandbox/python3"], ["PYTHON_EXECUTABLE", "SANDBOX_ROOT"]),
            (["TEMP_DIR": "sandbox/tmp"], ["TEMP_DIR", "SANDBOX_ROOT"]),
            (["TASK_STORE_DIR": "sandbox"], ["TASK_STORE_DIR", "SANDBOX_ROOT"]),
        ] as [([String: String], [String])]
    )
    func `two settings that contradict each other are both named`(
        environment: [String: String],
        keys: [String]
    ) throws {
        let found = try problems(environment)
        #expect(found.contains { $0.keys == keys }, "\(found)")
        let message = found.first { $0.keys == keys }?.message ?? ""
        for key in keys { #expect(message.contains(key)) }
    }

    @Test(arguments: [
        ["BASH_TIMEOUT_DEFAULT": "120"], ["MCP_SOCKET": "s"], ["MCP_TLS_CERT": "c", "MCP_TLS_KEY": "k"],
        ["MCP_HOST": "0.0.0.0", "MCP_AUTH_TOKEN": secret], ["MCP_HOST": "::1"], ["MCP_HOST": "localhost"],
        ["MCP_HOST": "0:0:0:0:0:0:0:1"],
        ["OAUTH_ISSUER": "https://i.example", "OAUTH_AUDIENCE": "x", "MCP_PUBLIC_URL": "https://x.example"],
        [
            "OAUTH_ISSUER": "https://i.example", "OAUTH_AUDIENCE": "x", "MCP_PUBLIC_URL": "https://x.example",
            "MCP_HOST": "0.0.0.0", "OAUTH_CA_FILE": "ca.pem", "OAUTH_JWKS": "https://i.example/jwks",
        ],
        ["WEB_SEARCH_PROVIDER": "brave", "BRAVE_SEARCH_API_KEY": secret],
        ["SANDBOX_ROOT": "a", "DATA_DIR": "ab"],
        ["AUDIT_LOG": "sandbox-logs/audit.jsonl"], ["BASH_ALLOWED_COMMANDS": ""],
    ])
    func `settings that go together are accepted`(environment: [String: String]) throws {
        #expect(try problems(environment).isEmpty)
    }

    @Test(arguments: ["0.0.0.0", "::", "10.0.0.5", "127.0.0.2", "myhost", "::ffff:127.0.0.1"])
    func `an address that others can reach needs authentication`(host: String) throws {
        let found = try problems(["MCP_HOST": host])
        #expect(found.first?.keys.starts(with: ["MCP_HOST", "MCP_AUTH_TOKEN"]) == true)
        #expect(try load(["MCP_HOST": host], servesNetwork: false).server.host == host)
    }

    @Test func `a contradiction that only follows from a bad value is not reported beside it`() throws {
        #expect(try problems(["BASH_TIMEOUT_DEFAULT": "500", "BASH_TIMEOUT_MAX": "x"]).count == 1)
        #expect(try problems(["MCP_HOST": "0.0.0.0", "MCP_AUTH_TOKEN": "a b"]).count == 1)
    }

    @Test func `a maximum below the default lowers a default that nobody chose`() throws {
        let settings = try load(["BASH_TIMEOUT_MAX": "10"])
        #expect(settings.bash.timeout == .seconds(10))
        #expect(settings.origin(of: "BASH_TIMEOUT_DEFAULT") == .default)
    }

    @Test func `without a sandbox nothing but loopback may be listened on`() throws {
        let found = try problems(
            ["MCP_HOST": "0.0.0.0", "MCP_AUTH_TOKEN": Self.secret],
            unsafeNoSandbox: true
        )
        #expect(found.map(\.keys) == [["MCP_HOST", "--unsafe-no-sandbox"]])
        #expect(
            try problems(["SANDBOX_LEVEL": "full"], unsafeNoSandbox: true).map(\.keys) == [
                ["SANDBOX_LEVEL", "--unsafe-no-sandbox"]
            ]
        )
        #expect(try load(["SANDBOX_LEVEL": "none"], unsafeNoSandbox: true).sandbox.level == .none)
        let settings = try load(unsafeNoSandbox: true)
        #expect(settings.sandbox.level == .none)
        #expect(ConfigurationReport(settings).rows.first { $0.key == "SANDBOX_LEVEL" }?.value == "none")
    }

    @Test func `an empty list allows nothing and an empty number is an error`() throws {
        let settings = try load([
            "BASH_ALLOWED_COMMANDS": "", "FILE_ALLOWED_EXTENSIONS": " ", "WEB_ALLOWED_DOMAINS": "",
        ])
        #expect(settings.bash.allowedCommands.isEmpty)
        #expect(settings.files.allowedExtensions.isEmpty)
        #expect(settings.web.allowedDomains.isEmpty)
        #expect(settings.origin(of: "BASH_ALLOWED_COMMANDS") == .environment)
        #expect(try load(file: "BASH_ALLOWED_COMMANDS=").bash.allowedCommands.isEmpty)
        #expect(try problems(["MCP_AUTH_TOKEN": ""]).first?.keys == ["MCP_AUTH_TOKEN"])
    }

    @Test func `DEBUG makes logs verbose and leaves the sandbox alone`() throws {
        let plain = try load()
        let debug = try load(["DEBUG": "true", "LOG_LEVEL": "ERROR"])
        #expect(debug.logging.level == .debug)
        #expect(debug.sandbox == plain.sandbox)
        #expect(try load(["DEBUG": "true", "LOG_LEVEL": "TRACE"]).logging.level == .trace)
        #expect(try load(["LOG_LEVEL": "error"]).logging.level == .error)
    }

    @Test func `the scope and the host names follow from other settings until somebody sets them`() throws {
        let oauth = [
            "OAUTH_ISSUER": "https://i.example", "OAUTH_AUDIENCE": "x", "MCP_HOST": "10.0.0.5",
            "MCP_PUBLIC_URL": "https://tools.example/x",
        ]
        let settings = try load(oauth)
        #expect(settings.sandbox.scope == .subject)
        #expect(
            settings.server.allowedHosts == ["localhost", "127.0.0.1", "::1", "10.0.0.5", "tools.example"]
        )
        let other = try load(oauth.merging(["WORKSPACE_SCOPE": "session", "MCP_ALLOWED_HOSTS": "a"]) { $1 })
        #expect(other.sandbox.scope == .session)
        #expect(other.server.allowedHosts == ["a"])
        #expect(try load(["LOG_DIR": "/var/log/x"]).audit.path == "/var/log/x/audit.jsonl")
    }

    @Test(arguments: [
        ("SANDBOX_ROOT", "/"), ("DATA_DIR", "/"), ("TEMP_DIR", "/"), ("LOG_DIR", "/"),
        ("SANDBOX_ROOT", "/etc"),
        ("SANDBOX_ROOT", "/usr/"), ("SANDBOX_ROOT", "/x/../var"), ("DATA_DIR", "/proc"),
        ("SANDBOX_ROOT", "/sys/fs"),
    ])
    func `a folder of the system is refused`(key: String, folder: String) throws {
        #expect(try problems([key: folder]).contains { $0.keys == [key] })
    }

    @Test func `folders are compared by what their links lead to, and a root that is a link is refused`()
        throws
    {
        let folder = try TemporaryFolder()
        try folder.makeFolder("real")
        try folder.link("alias", to: "real")
        let nested = try problems([
            "SANDBOX_ROOT": "\(folder.path)/real", "AUDIT_LOG": "\(folder.path)/alias/new/audit.jsonl",
        ])
        #expect(nested.contains { $0.keys == ["AUDIT_LOG", "SANDBOX_ROOT"] })
        #expect(
            try problems(["SANDBOX_ROOT": "\(folder.path)/alias"]).contains { $0.keys == ["SANDBOX_ROOT"] }
        )
        #expect(try problems(["SANDBOX_ROOT": "\(folder.path)/real"]).isEmpty)
    }

    @Test func `an environment file that a child could read is refused`() throws {
        #expect(throws: SettingsError.self) {
            try load(file: "DEBUG=1", path: "/nonexistent/base/sandbox/x.env")
        }
        #expect(throws: Never.self) { try load(file: "DEBUG=1", path: "/nonexistent/base/config/x.env") }
    }

    @Test func `the token is read from its file`() throws {
        let folder = try TemporaryFolder()
        try folder.write("token", Self.secret + "\r\n")
        let settings = try load(["MCP_AUTH_TOKEN_FILE": "\(folder.path)/token", "MCP_HOST": "0.0.0.0"])
        #expect(settings.authentication.tokens == [BearerToken(secret: SecretText(Self.secret))])
        #expect(settings.authentication.tokenFile == "\(folder.path)/token")
        #expect(settings.authentication.isOn)
        for (name, text) in [
            ("empty", ""), ("two", "a\nb\n"), ("blank", "a b\n"), ("comment", "# \(Self.secret)\n"),
            ("long", String(repeating: "x", count: 5_000)),
        ] {
            try folder.write(name, text)
            let found = try problems(["MCP_AUTH_TOKEN_FILE": "\(folder.path)/\(name)"])
            #expect(found.map(\.keys) == [["MCP_AUTH_TOKEN_FILE"]])
        }
        #expect(
            try problems(["MCP_AUTH_TOKEN_FILE": "\(folder.path)/missing"]).map(\.keys) == [
                ["MCP_AUTH_TOKEN_FILE"]
            ]
        )
        #expect(try problems(["MCP_AUTH_TOKEN_FILE": "/dev/zero"]).map(\.keys) == [["MCP_AUTH_TOKEN_FILE"]])
    }

    @Test(arguments: SettingKey.all.filter(\.isSecret).map(\.name))
    func `a secret is masked in errors, reports and descriptions and can't be a flag`(key: String) throws {
        let value = key == "WEB_PROXY" ? "http://u:\(Self.secret)@p:1" : Self.secret
        let settings = try load([key: value])
        var dumped = ""
        dump(settings, to: &dumped)
        let report = ConfigurationReport(settings)
        for text in [
            dumped, String(describing: settings), String(reflecting: settings), String(describing: report),
        ] {
            #expect(!text.contains(Self.secret))
        }
        #expect(report.rows.first { $0.key == key }?.value == "<secret>")
        #expect(report.visibleValue(of: key) == nil)
        for found in [
            try problems([key: Self.secret + " x\u{1}"]), try problems(flags: [key: value]),
            try problems([
                key: value, "BASH_TIMEOUT_DEFAULT": "999", "MCP_HOST": "0.0.0.0", "OAUTH_ISSUER": "x",
            ]),
        ] {
            #expect(!found.isEmpty)
            #expect(!String(describing: found).contains(Self.secret))
        }
    }

    @Test func `a password in an address is not shown when the address is refused`() throws {
        for key in ["SEARXNG_URL", "MCP_PUBLIC_URL", "OAUTH_ISSUER", "MCP_ALLOWED_ORIGINS"] {
            for text in [
                "https://u:\(Self.secret)@x", "https://u:\(Self.secret)@x:0", "u:\(Self.secret)@",
                "https://x/?k=\(Self.secret)",
            ] {
                let found = try problems([key: text])
                #expect(!found.isEmpty)
                #expect(
                    key == "MCP_ALLOWED_ORIGINS" && text.contains("?")
                        || !String(describing: found).contains(Self.secret)
                )
            }
        }
    }

    @Test func `a secret is compared and shows itself only when asked`() {
        let secret = SecretText(Self.secret)
        #expect(secret.matches(Self.secret))
        #expect(!secret.matches(Self.secret + "x") && !secret.matches("") && !secret.matches("x"))
        #expect("\(secret)" == "<secret>" && String(reflecting: secret) == "<secret>")
        #expect(secret.revealed == Self.secret)
    }

    @Test func `odd but possible choices are warned about`() throws {
        #expect(try load(["WORKSPACE_EXEC": "true"]).warnings.count == 1)
        #expect(try load(["COMMAND_RESTRICTED": "false", "BASH_ALLOWED_COMMANDS": "ls"]).warnings.count == 1)
        #expect(try load(["FILE_MAX_SIZE_MB": "100"]).warnings.count == 1)
        #expect(try load(["MCP_AUTH_TOKEN": "short"]).warnings.count == 1)
    }
}
