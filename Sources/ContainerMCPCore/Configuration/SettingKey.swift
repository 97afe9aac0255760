// SPDX-License-Identifier: Apache-2.0

/// One setting: its name, what it takes, its default, and what it does.
///
/// The table of these drives parsing, validation, `cmcp-cli config`, the documentation and `system_env_var`.
public struct SettingKey: Sendable, Equatable, CustomStringConvertible {
    /// The part of the documentation that a key belongs to.
    public enum Section: String, Sendable, CaseIterable {
        /// Where and to whom the server answers.
        case server = "Server"
        /// Who may call.
        case authentication = "Authentication"
        /// Which tools there are and what they may do.
        case tools = "Tools and policy"
        /// How calls are confined.
        case sandbox = "Sandbox and workspace"
        /// Commands.
        case bash = "Bash"
        /// Python code.
        case python = "Python"
        /// The file tools.
        case files = "Files"
        /// The web tools.
        case web = "Web"
        /// How much at once.
        case limits = "Limits"
        /// Logs and the audit log.
        case logs = "Logs and audit"
    }

    /// How `system_env_var` shows a key to the model.
    enum Visibility: Equatable {
        /// Never: a secret, a place on the host, or a key that is no business of a caller.
        case hidden
        /// With its value.
        case value
        /// With this text, which is what a child sees in its place.
        case fixed(String)
    }

    /// The name in the environment.
    public let name: String
    /// What values it takes.
    public let kind: SettingKind
    /// The value when nobody sets it, as one would write it; nil for none.
    public let defaultText: String?
    /// The value is masked wherever it could be seen, and can't be given by a flag.
    public let isSecret: Bool
    /// The part of the documentation it belongs to.
    public let section: Section
    /// What it does, in one sentence.
    public let summary: String
    /// What the value is while nobody sets it, where that follows from other settings.
    public let derivedDefault: String?
    let visibility: Visibility

    /// The name.
    public var description: String { name }

    init(
        _ name: String,
        _ kind: SettingKind,
        default defaultText: String? = nil,
        derived derivedDefault: String? = nil,
        secret isSecret: Bool = false,
        visible visibility: Visibility = .hidden,
        in section: Section,
        _ summary: String
    ) {
        self.name = name
        self.kind = kind
        self.defaultText = defaultText
        self.derivedDefault = derivedDefault
        self.isSecret = isSecret
        self.visibility = visibility
        self.section = section
        self.summary = summary
    }

    /// The key of a name, if there is one.
    public static func named(_ name: String) -> SettingKey? {
        byName[name]
    }

    /// Every key, in the order of the documentation.
    public static let all: [SettingKey] =
        serverKeys + authenticationKeys + toolKeys + sandboxKeys + bashKeys + pythonKeys + fileKeys + webKeys
        + limitKeys + logKeys

    private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
