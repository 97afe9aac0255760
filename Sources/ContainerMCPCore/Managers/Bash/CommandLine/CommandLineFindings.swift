// SPDX-License-Identifier: Apache-2.0

/// What a shell reader has found so far; passed from a reader to the readers of nested texts and back.
struct CommandLineFindings {
    struct Command: Hashable {
        /// The name after quote removal.
        let name: [UInt8]
        /// Whether builtins, functions and aliases are out of the question (`exec name`).
        let bypassesShell: Bool
    }

    /// More different names than this are not kept, so that what is built from them stays small.
    static let maximumCommands = 256

    private(set) var commands: [Command] = []
    private(set) var functions: Set<[UInt8]> = []
    private(set) var aliases: Set<[UInt8]> = []
    private(set) var skipped: String?
    var loadsBuiltins = false
    private var known: Set<Command> = []

    mutating func addCommand(_ name: [UInt8], bypassesShell: Bool) {
        // A builtin that is called as such needs no place in the list.
        if !bypassesShell, BashVocabulary.isBuiltin(name) { return }
        let command = Command(name: name, bypassesShell: bypassesShell)
        guard !known.contains(command) else { return }
        guard commands.count < Self.maximumCommands else {
            skip("more than \(Self.maximumCommands) different commands")
            return
        }
        known.insert(command)
        commands.append(command)
    }

    mutating func addFunction(_ name: [UInt8]) {
        functions.insert(name)
    }

    mutating func addAlias(_ name: [UInt8]) {
        aliases.insert(name)
        skip("an alias")
    }

    /// Remembers the first thing that was not read.
    mutating func skip(_ what: String) {
        if skipped == nil { skipped = what }
    }
}
