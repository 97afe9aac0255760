// SPDX-License-Identifier: Apache-2.0

/// `BASH_ALLOWED_COMMANDS`: grants command lines and listed programs, and denies every other program by name.
///
/// This is the early, friendly half of the allow-list; what it does not see meets the sandbox view.
struct AllowedCommandsRule: PolicyRule {
    private static let maximumShown = 50

    let isRestricted: Bool
    let programs: ProgramTable
    let allowsWorkspacePrograms: Bool

    let id = "allowed-commands"

    var origin: RuleOrigin { .setting(isRestricted ? "BASH_ALLOWED_COMMANDS" : "COMMAND_RESTRICTED") }

    func verdict(on request: PolicyRequest) -> RuleVerdict {
        switch request.demand {
        case .runCommandLine(let loadsBuiltins):
            guard isRestricted else { return .grants("commands are not restricted") }
            guard !loadsBuiltins else {
                return .denies("'enable -f' can't load builtins here; \(allowedText)")
            }
            return .grants("bash may run; which programs it may start is decided for each")
        case .runProgram(let name, let path):
            guard isRestricted else { return .grants("commands are not restricted") }
            if let program = programs.program(named: name, path: path) {
                return .grants("'\(ShownText(program.entry))' is listed")
            }
            if allowsWorkspacePrograms, let path, path.utf8.starts(with: "/workspace/".utf8) {
                return .grants("programs in the workspace may run (WORKSPACE_EXEC)")
            }
            return .denies("'\(ShownText(name))' is not in BASH_ALLOWED_COMMANDS; \(allowedText)")
        case .runPython, .readFile, .writeFile, .listFolder, .deleteFile, .moveFrom, .moveTo, .readVariables,
            .readHealth, .fetch, .other:
            return .abstains
        }
    }

    private var allowedText: String {
        let entries = programs.programs.map(\.entry).sorted()
        guard !entries.isEmpty else { return "allowed: builtins only" }
        let shown = entries.prefix(Self.maximumShown).joined(separator: ", ")
        let more = entries.count - Self.maximumShown
        return "allowed: \(shown)\(more > 0 ? " and \(more) more" : "")"
    }
}
