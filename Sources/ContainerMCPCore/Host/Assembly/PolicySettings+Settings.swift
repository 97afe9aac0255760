// SPDX-License-Identifier: Apache-2.0

extension PolicySettings {
    /// What the settings allow.
    init(_ settings: Settings, programs: ProgramTable, _ further: [any Tool]) {
        self.init(
            enabledTools: Self.toolNames(settings).union(further.map(\.name)),
            isCommandRestricted: settings.sandbox.restrictsCommands,
            programs: programs,
            allowsWorkspacePrograms: settings.sandbox.allowsWorkspacePrograms,
            allowedEndings: Set(settings.files.allowedExtensions),
            allowedDomains: settings.web.allowedDomains
        )
    }

    /// The tools that the settings turn on.
    static func toolNames(_ settings: Settings) -> Set<ToolName> {
        // Whatever is turned off, it can be asked what that is.
        var names: Set<ToolName> = [.healthCheck]
        if settings.tools.offersSystem { names.formUnion([.runCommand, .runPython, .environmentVariable]) }
        if settings.tools.offersFiles {
            names.formUnion([.fileRead, .fileWrite, .fileList, .fileDelete, .fileMove])
        }
        return names
    }
}
