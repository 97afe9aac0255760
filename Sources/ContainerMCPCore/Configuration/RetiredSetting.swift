// SPDX-License-Identifier: Apache-2.0

/// A setting that earlier servers of this kind knew and that does nothing here.
public struct RetiredSetting: Sendable, Equatable {
    /// The name, or what it begins with.
    public let name: String
    /// All names that begin with ``name`` are meant.
    public let isPrefix: Bool
    /// What to do instead.
    public let advice: String

    /// The retired setting that a name belongs to, if any.
    public static func matching(_ name: String) -> RetiredSetting? {
        all.first { $0.isPrefix ? name.hasPrefix($0.name) : name == $0.name }
    }

    /// Every retired setting.
    public static let all: [RetiredSetting] = [
        one("BASE_DIR", "set SANDBOX_ROOT, DATA_DIR, TEMP_DIR and LOG_DIR instead"),
        one("MCP_SANDBOX_DIR", "set SANDBOX_ROOT instead"),
        one("MCP_MAX_PROCESSES", "set SANDBOX_MAX_PROCESSES instead"),
        one("MCP_TIMEOUT", "set BASH_TIMEOUT_DEFAULT and PYTHON_TIMEOUT_DEFAULT instead"),
        one(
            "MCP_ENABLE_FIREJAIL",
            "the sandbox is always on; SANDBOX_BACKEND names what builds it; remove this one"
        ),
        one("MCP_ENABLE_APPARMOR", "AppArmor is used wherever its profile is loaded; remove it"),
        one("MCP_LOG_LEVEL", "set LOG_LEVEL instead"),
        one("LISTENER_HOST", "set MCP_HOST instead"),
        one("CUSTOM_ENV_FILE", "name the file with --env-file instead"),
        one("TOOLS_ENABLE_KB", "there are no knowledge base tools; remove it"),
        one("TOOLS_ENABLE_LIST", "there are no list tools; remove it"),
        one("TOOLS_ENABLE_MARKET", "there are no market tools; remove it"),
        one("TOOLS_ENABLE_RSS", "there are no feed tools; remove it"),
        group("CMCP_KB_", "there are no knowledge base tools; remove it"),
        one("KB_TIMEOUT_DEFAULT", "there are no knowledge base tools; remove it"),
        one("KB_TIMEOUT_MAX", "there are no knowledge base tools; remove it"),
        group("CMCP_LIST_", "there are no list tools; remove it"),
        group("MARKET_", "there are no market tools; remove it"),
        group("RSS_", "there are no feed tools; remove it"),
    ]

    private static func one(_ name: String, _ advice: String) -> RetiredSetting {
        RetiredSetting(name: name, isPrefix: false, advice: advice)
    }

    private static func group(_ name: String, _ advice: String) -> RetiredSetting {
        RetiredSetting(name: name, isPrefix: true, advice: advice)
    }
}
