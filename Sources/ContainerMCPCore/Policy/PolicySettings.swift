// SPDX-License-Identifier: Apache-2.0

/// What the settings say about permission.
public struct PolicySettings: Sendable {
    /// The tools that may be called at all (`TOOLS_ENABLE_SYSTEM`, `_FILE`, `_WEB`, and an embedder's own).
    public var enabledTools: Set<ToolName>
    /// Whether only listed programs may run (`COMMAND_RESTRICTED`).
    public var isCommandRestricted: Bool
    /// The listed programs (`BASH_ALLOWED_COMMANDS`); an empty table allows none.
    public var programs: ProgramTable
    /// Whether programs in the workspace may run (`WORKSPACE_EXEC`).
    public var allowsWorkspacePrograms: Bool
    /// The endings that files may have, in lower case without the dot (`FILE_ALLOWED_EXTENSIONS`).
    public var allowedEndings: Set<String>
    /// The hosts that may be fetched from (`WEB_ALLOWED_DOMAINS`); `*` is every host.
    public var allowedDomains: [String]

    /// Makes settings; whatever is left out allows nothing.
    public init(
        enabledTools: Set<ToolName> = [],
        isCommandRestricted: Bool = true,
        programs: ProgramTable = ProgramTable(programs: [], searchPath: []),
        allowsWorkspacePrograms: Bool = false,
        allowedEndings: Set<String> = [],
        allowedDomains: [String] = []
    ) {
        self.enabledTools = enabledTools
        self.isCommandRestricted = isCommandRestricted
        self.programs = programs
        self.allowsWorkspacePrograms = allowsWorkspacePrograms
        self.allowedEndings = allowedEndings
        self.allowedDomains = allowedDomains
    }
}
