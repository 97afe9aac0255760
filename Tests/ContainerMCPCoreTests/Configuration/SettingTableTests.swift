// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct SettingTableTests {
    @Test func `every name of the documented tables is a key`() {
        let names = """
            MCP_HOST MCP_PORT MCP_ALLOWED_HOSTS MCP_ALLOWED_ORIGINS MCP_AUTH_TOKEN MCP_AUTH_TOKEN_FILE DEBUG LOG_LEVEL
            SANDBOX_ROOT COMMAND_RESTRICTED WORKSPACE_EXEC DATA_DIR TEMP_DIR LOG_DIR SANDBOX_LEVEL SANDBOX_BACKEND
            TOOLS_ENABLE_SYSTEM TOOLS_ENABLE_FILE TOOLS_ENABLE_WEB POLICY_FILE WORKSPACE_SCOPE AUDIT_LOG
            BASH_ALLOWED_COMMANDS BASH_TIMEOUT_DEFAULT BASH_TIMEOUT_MAX BASH_MEMORY_LIMIT PYTHON_MEMORY_LIMIT
            PYTHON_TIMEOUT_DEFAULT PYTHON_TIMEOUT_MAX PYTHON_EXECUTABLE CMCP_TEST_MODE FILE_MAX_SIZE_MB
            FILE_ALLOWED_EXTENSIONS WEB_TIMEOUT_DEFAULT WEB_ALLOWED_DOMAINS WEB_ALLOW_PRIVATE BRAVE_SEARCH_API_KEY
            SEARXNG_URL TAVILY_API_KEY EXA_API_KEY KAGI_API_KEY PYTHON_ISOLATION TASK_TIMEOUT_MAX TASK_STORE_DIR
            EXEC_MAX_RUNNING EXEC_MAX_WAITING FILE_MAX_RUNNING FILE_MAX_WAITING WEB_MAX_RUNNING WEB_MAX_WAITING
            SESSION_MAX_RUNNING SANDBOX_MAX_PROCESSES SANDBOX_MAX_FILES SANDBOX_TMP_MB WORKSPACE_MAX_MB
            WORKSPACE_MAX_NAMES OUTPUT_MAX_KB OUTPUT_KILL_MB REQUEST_MAX_MB REPLY_MAX_MB SESSION_MAX
            SESSION_IDLE_MINUTES CONNECTION_MAX WEB_TIMEOUT_MAX WEB_BROWSER_ENGINE WEB_BROWSER_PATH
            WEB_SEARCH_PROVIDER WEB_RESPECT_ROBOTS WEB_USER_AGENT WEB_PROXY WEB_CA_FILE MCP_TLS_CERT MCP_TLS_KEY
            MCP_SOCKET MCP_PATH_PREFIX MCP_PUBLIC_URL MCP_TRUSTED_PROXIES MCP_STATE_KEY_FILE MCP_REPLICA_ID
            OAUTH_ISSUER OAUTH_AUDIENCE OAUTH_JWKS LOG_FORMAT
            """.split(whereSeparator: \.isWhitespace).map(String.init)
        let own = [
            "OAUTH_CA_FILE", "TASK_GRACE", "TASK_MAX_KEPT", "TASK_MAX_RUNNING", "AUDIT_FULL_TEXT",
            "AUDIT_MAX_MB", "AUDIT_MAX_FILES",
        ]
        #expect(Set(SettingKey.all.map(\.name)) == Set(names + own))
        #expect(SettingKey.all.count == Set(SettingKey.all.map(\.name)).count)
    }

    @Test(arguments: SettingKey.all)
    func `a key is documented and its default passes its own rules`(key: SettingKey) throws {
        #expect(key.summary.hasSuffix(".") && key.summary.utf8.count > 10)
        #expect(!key.kind.values.isEmpty)
        #expect(SettingKey.named(key.name) == key)
        guard let text = key.defaultText else { return }
        let value = try key.kind.parse(text, directory: "/base")
        switch key.kind {
        case .file, .folder: #expect(value.text == "/base/" + text)
        default: #expect(value.text == text)
        }
        #expect(try key.kind.parse(value.text, directory: "/elsewhere") == value)
    }

    @Test(arguments: SettingKey.all)
    func `a secret has no default and is hidden from the model`(key: SettingKey) {
        guard key.isSecret else { return }
        #expect(key.defaultText == nil)
        #expect(key.visibility == .hidden)
    }

    @Test(arguments: SettingKey.all)
    func `a number takes its bounds and nothing beyond them`(key: SettingKey) throws {
        guard case .integer(let range, let unit) = key.kind else { return }
        #expect(try key.kind.parse(String(range.lowerBound), directory: "/") == .integer(range.lowerBound))
        #expect(try key.kind.parse(" \(range.upperBound) ", directory: "/") == .integer(range.upperBound))
        for wrong in [
            String(range.lowerBound - 1), String(range.upperBound + 1), "", " ", "x", "1.5", "1e3", "0x10",
            "--1", "-", "1_0", "١",
            "99999999999999999999", "-99999999999999999999", "1 0", "+1", "1\n",
        ] {
            #expect(throws: SettingFault.self) { try key.kind.parse(wrong, directory: "/") }
        }
        let scale = unit == .megabytes ? 1_048_576 : unit == .kilobytes ? 1_024 : 1
        #expect(!range.upperBound.multipliedReportingOverflow(by: scale).overflow)
    }

    @Test(arguments: [
        ("true", true), ("TRUE", true), ("1", true), ("yes", true), ("On", true), (" true ", true),
        ("false", false), ("0", false), ("NO", false), ("off", false),
    ])
    func `a boolean is read in every usual spelling`(text: String, expected: Bool) throws {
        #expect(try SettingKind.boolean.parse(text, directory: "/") == .boolean(expected))
    }

    @Test(arguments: ["", "2", "y", "t", "truee", "none", "null"])
    func `anything else is no boolean`(text: String) {
        #expect(throws: SettingFault.self) { try SettingKind.boolean.parse(text, directory: "/") }
    }

    @Test(arguments: [
        ("BASH_ALLOWED_COMMANDS", " ls , cat,ls ", "ls,cat"),
        ("BASH_ALLOWED_COMMANDS", "", ""),
        ("BASH_ALLOWED_COMMANDS", "python3.11,g++,[,x_y", "python3.11,g++,[,x_y"),
        ("FILE_ALLOWED_EXTENSIONS", ".TXT,Md,c++", "txt,md,c++"),
        ("WEB_ALLOWED_DOMAINS", "Example.COM.,*.x.org,*", "example.com,*.x.org,*"),
        (
            "WEB_ALLOW_PRIVATE", "10.0.0.0/8,FD00::/8,127.0.0.1/32,0.0.0.0/0",
            "10.0.0.0/8,fd00::/8,127.0.0.1/32,0.0.0.0/0"
        ),
        ("MCP_TRUSTED_PROXIES", "10.0.0.1,10.0.0.0/8,::1", "10.0.0.1,10.0.0.0/8,::1"),
        ("MCP_ALLOWED_HOSTS", "LocalHost,[::1],10.0.0.1,my_service", "localhost,::1,10.0.0.1,my_service"),
        (
            "MCP_ALLOWED_ORIGINS", "https://App.example,http://[::1]:*,http://x:8080",
            "https://app.example,http://[::1]:*,http://x:8080"
        ),
        ("MCP_HOST", "localhost", "127.0.0.1"),
        ("MCP_HOST", "[::1]", "::1"),
        ("MCP_PATH_PREFIX", "/a/b-c", "/a/b-c"),
        ("MCP_PUBLIC_URL", "HTTPS://Tools.Example:8443/base", "https://tools.example:8443/base"),
        ("OAUTH_ISSUER", "http://127.0.0.1:9/realm", "http://127.0.0.1:9/realm"),
        ("OAUTH_JWKS", "keys/jwks.json", "/base/keys/jwks.json"),
        ("OAUTH_JWKS", "https://issuer.example/jwks", "https://issuer.example/jwks"),
        ("LOG_LEVEL", "warning", "WARNING"),
        ("SANDBOX_LEVEL", "FULL", "full"),
        ("SANDBOX_ROOT", "./a//b/../c/", "/base/a/c"),
        ("SANDBOX_ROOT", "/../../x", "/x"),
        ("MCP_REPLICA_ID", "a1", "a1"),
        ("WEB_USER_AGENT", "Mozilla/5.0 (X11)", "Mozilla/5.0 (X11)"),
        ("WEB_PROXY", "http://user:pw@proxy:3128", "http://user:pw@proxy:3128"),
    ])
    func `a value is brought into its one form`(name: String, text: String, expected: String) throws {
        let key = try #require(SettingKey.named(name))
        #expect(try key.kind.parse(text, directory: "/base").text == expected)
    }

    @Test(arguments: [
        (
            "BASH_ALLOWED_COMMANDS",
            ["*", "/bin/ls", "ls,,cat", "ls,", ",", "a b", "ls;id", "..", "-x", "l\u{F6}"]
        ),
        ("FILE_ALLOWED_EXTENSIONS", ["*", ".", "tar.gz", "a/b", "abcdefghijklmnopq", "t xt"]),
        (
            "WEB_ALLOWED_DOMAINS",
            ["*.*", "http://x", "x/y", "-a.com", "a..b", "x:80", "*x.com", "b\u{FC}cher.de", "999.1.1.1"]
        ),
        (
            "WEB_ALLOW_PRIVATE",
            ["10.0.0.1", "10.0.0.1/8", "10.0.0.0/33", "x/8", "10.0.0.0/", "10.0.0.0/-1", "::/129", "10/8"]
        ),
        ("MCP_TRUSTED_PROXIES", ["proxy", "10.0.0.1/24", "1.2.3.4.5"]),
        ("MCP_ALLOWED_HOSTS", ["*", "x:80", "[10.0.0.1]", "a/b", "http://x", "[::1", "1.2.3"]),
        (
            "MCP_ALLOWED_ORIGINS",
            ["*", "null", "x", "ftp://x", "https://x/", "https://a:b@x", "https://x:80:*", "https://x:0"]
        ),
        ("MCP_HOST", ["", "x:80", "a b", "*", "127.0.0.1/8", "256.1.1.1"]),
        ("MCP_PATH_PREFIX", ["", "/", "a", "/a/", "//a", "/../a", "/a b", "/a?b"]),
        (
            "MCP_PUBLIC_URL",
            [
                "x", "ftp://x", "https://", "https://u@x", "https://x?q", "https://x#f", "https://x:99999",
                "https://x\\y",
            ]
        ),
        ("OAUTH_ISSUER", ["http://issuer.example", "issuer", "https://u:p@issuer.example"]),
        ("SANDBOX_ROOT", ["", "~/x", "a\u{0}b"]),
        ("MCP_REPLICA_ID", ["", "A", "a-b", "abcdefghijklmnopq"]),
        ("MCP_AUTH_TOKEN", ["", "a b", "\u{E9}", String(repeating: "x", count: 4_097)]),
        ("SANDBOX_LEVEL", ["strong", ""]),
        ("WEB_PROXY", ["socks5://x", "http://x/path", "proxy:3128"]),
    ])
    func `a value of another form is refused`(name: String, texts: [String]) throws {
        let key = try #require(SettingKey.named(name))
        for text in texts {
            #expect(throws: SettingFault.self, "\(name)=\(text)") {
                try key.kind.parse(text, directory: "/base")
            }
        }
    }

    @Test func `values and lists are bounded`() {
        let long = String(repeating: "a,", count: 40_000) + "a"
        #expect(throws: SettingFault.self) { try SettingKey.bashCommands.kind.parse(long, directory: "/") }
        let many = (0..<5_000).map { "c\($0)" }.joined(separator: ",")
        #expect(throws: SettingFault.self) { try SettingKey.bashCommands.kind.parse(many, directory: "/") }
    }

    @Test(arguments: [
        ("BASH_TIMEOUT_DEFALT", "BASH_TIMEOUT_DEFAULT"), ("BASH_TIMEOUT_DEAFULT", "BASH_TIMEOUT_DEFAULT"),
        ("MCP_PROT", "MCP_PORT"), ("mcp_port", "MCP_PORT"), ("DEBUGG", "DEBUG"),
        ("SANDBOXROOT", "SANDBOX_ROOT"),
        ("PYTHON_MEMORY_LIMITS", "PYTHON_MEMORY_LIMIT"),
    ])
    func `a name one or two letters off is recognised`(name: String, expected: String) {
        #expect(SimilarName.of(name) == expected)
    }

    @Test(arguments: [
        "PATH", "HOME", "TERM", "PYTHONPATH", "DEBIAN", "MCP_PORT", "LANG", "LOGNAME", "SHELL", "",
        "XDG_DATA_DIRS",
    ])
    func `a name of something else is not`(name: String) {
        #expect(SimilarName.of(name) == nil)
    }
}
