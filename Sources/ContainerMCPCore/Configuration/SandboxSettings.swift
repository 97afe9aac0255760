// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPSandbox

/// How calls are confined, and where they work.
public struct SandboxSettings: Sendable, Equatable {
    /// `SANDBOX_LEVEL`.
    public enum Level: String, Sendable, Equatable, CaseIterable {
        /// The strongest that works and keeps every promise.
        case automatic = "auto"
        /// All namespaces with /proc.
        case full
        /// All namespaces, no /proc.
        case noproc
        /// No user namespaces: Landlock, system call filter, limits.
        case filtered
        /// No protection; only with the flag `--unsafe-no-sandbox`.
        case none
    }

    /// `WORKSPACE_SCOPE`.
    public enum Scope: String, Sendable, Equatable, CaseIterable {
        /// One workspace for everybody.
        case shared
        /// One for each authenticated subject.
        case subject
        /// One for each session.
        case session
    }

    /// `SANDBOX_ROOT`: absolute path on the host.
    public var root: String
    /// `DATA_DIR`: absolute path on the host.
    public var dataFolder: String
    /// `TEMP_DIR`: absolute path on the host.
    public var tempFolder: String
    /// `SANDBOX_LEVEL`; ``Level/none`` only when the flag `--unsafe-no-sandbox` was given.
    public var level: Level
    /// `SANDBOX_BACKEND`.
    public var backend: SandboxBackend
    /// `COMMAND_RESTRICTED`.
    public var restrictsCommands: Bool
    /// `WORKSPACE_EXEC`.
    public var allowsWorkspacePrograms: Bool
    /// `WORKSPACE_SCOPE`.
    public var scope: Scope
    /// `SANDBOX_MAX_PROCESSES`: 1 to 4,096.
    public var maximumProcesses: Int
    /// `SANDBOX_MAX_FILES`: 16 to 65,536 descriptors.
    public var maximumDescriptors: Int
    /// `SANDBOX_TMP_MB`, in bytes.
    public var temporaryBytes: Int
    /// `WORKSPACE_MAX_MB`, in bytes.
    public var workspaceBytes: Int
    /// `WORKSPACE_MAX_NAMES`.
    public var workspaceNames: Int
}
