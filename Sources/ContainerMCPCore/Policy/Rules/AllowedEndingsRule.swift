// SPDX-License-Identifier: Apache-2.0

/// `FILE_ALLOWED_EXTENSIONS`: grants files with a listed ending and denies others.
///
/// A demand to delete or move may be about a folder, which needs no ending, and only the file manager sees which it
/// is; there the rule grants, and the manager holds the opened file, and every file in a folder, to the same list.
struct AllowedEndingsRule: PolicyRule {
    let endings: Set<String>

    let id = "allowed-endings"
    let origin = RuleOrigin.setting("FILE_ALLOWED_EXTENSIONS")

    func verdict(on request: PolicyRequest) -> RuleVerdict {
        switch request.demand {
        case .readFile(let path) where isSavedOutput(path):
            return .grants("saved outputs may have any ending")
        case .readFile(let path), .writeFile(let path):
            do {
                try path.requireAllowedEnding(endings)
                return .grants("the ending is listed")
            } catch {
                return .denies(error.message)
            }
        case .deleteFile, .moveFrom, .moveTo:
            return .grants("a file is held to its ending when it is opened")
        case .runCommandLine, .runProgram, .runPython, .listFolder, .readVariables, .readHealth, .fetch,
            .other:
            return .abstains
        }
    }

    /// Whether the path lies where the server keeps the full text of cut outputs.
    private func isSavedOutput(_ path: SandboxPath) -> Bool {
        path.isReserved && path.components.count > 2 && path.components[1] == "output"
    }
}
