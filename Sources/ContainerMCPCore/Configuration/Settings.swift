// SPDX-License-Identifier: Apache-2.0

/// All settings, read once at start, checked, in natural types.
public struct Settings: Sendable {
    /// Where the server listens and whom it answers.
    public var server: ServerSettings
    /// Who may call over HTTP.
    public var authentication: AuthenticationSettings
    /// Which tools are offered.
    public var tools: ToolSettings
    /// How calls are confined.
    public var sandbox: SandboxSettings
    /// What commands may do.
    public var bash: BashSettings
    /// What Python code may do.
    public var python: PythonSettings
    /// What the file tools may do.
    public var files: FileSettings
    /// What the web tools may do.
    public var web: WebSettings
    /// How much at once.
    public var limits: LimitSettings
    /// What is logged.
    public var logging: LoggingSettings
    /// Where the audit log is.
    public var audit: AuditSettings
    /// `CMCP_TEST_MODE`: call ``using(_:)`` with fresh folders before anything touches a file.
    public var isTestMode: Bool
    /// What the operator should know although the server starts; for the log.
    public let warnings: [String]

    var entries: [String: SettingEntry]

    /// Where the value of a key came from; nil for a name that is no key.
    public func origin(of key: String) -> SettingOrigin? {
        entries[key]?.origin
    }

    /// The same settings with throw-away folders in place of the sandbox, data, temporary and log folder.
    public func using(_ folders: TestModeFolders) -> Settings {
        var copy = self
        copy.isTestMode = true
        copy.sandbox.root = folders.sandbox
        copy.sandbox.dataFolder = folders.data
        copy.sandbox.tempFolder = folders.temp
        copy.logging.folder = folders.logs
        copy.audit.path = folders.logs + "/audit.jsonl"
        copy.tools.taskStore = nil
        copy.replace(.sandboxRoot, folders.sandbox)
        copy.replace(.dataFolder, folders.data)
        copy.replace(.tempFolder, folders.temp)
        copy.replace(.logFolder, folders.logs)
        copy.replace(.auditLog, copy.audit.path)
        copy.replace(.taskStore, nil)
        if entries[SettingKey.testMode.name]?.text != "true" { copy.replace(.testMode, "true") }
        return copy
    }

    private mutating func replace(_ key: SettingKey, _ text: String?) {
        entries[key.name] = SettingEntry(text: text, origin: .testMode)
    }
}
