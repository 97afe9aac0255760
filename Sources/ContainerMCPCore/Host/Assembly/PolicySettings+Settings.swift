// SPDX-License-Identifier: Apache-2.0

extension PolicySettings {
    /// What the settings allow.
    init(_ settings: Settings, programs: ProgramTable, _ further: [any Tool]) {
        var enabled = Set(further.map(\.name))
        if settings.tools.offersSystem { enabled.formUnion([.runCommand, .runPython, .environmentVariable]) }
        if settings.tools.offersFiles {
            enabled.formUnion([.fileRead, .fileWrite, .fileList, .fileDelete, .fileMove])
        }
        self.init(
            enabledTools: enabled,
            isCommandRestricted: settings.sandbox.restrictsCommands,
            programs: programs,
            allowsWorkspacePrograms: settings.sandbox.allowsWorkspacePrograms,
            allowedEndings: Set(settings.files.allowedExtensions),
            allowedDomains: settings.web.allowedDomains
        )
    }
}
