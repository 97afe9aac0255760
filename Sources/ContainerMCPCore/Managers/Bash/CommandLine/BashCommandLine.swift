// SPDX-License-Identifier: Apache-2.0

/// What could be read from a bash command line without running it: the names of its commands.
///
/// It serves early, friendly errors and nothing else. A line may run programs that are not named here (through
/// variables, `find -exec`, a script), so no safety rests on this value: what may run is decided by the kernel.
public struct BashCommandLine: Sendable, Hashable {
    /// How much of the line was understood.
    public enum Reading: Sendable, Hashable {
        /// Every command name was readable. (What listed programs start in turn was never looked at.)
        case complete
        /// Something was skipped; the text says what, in words.
        case partial(String)
    }

    /// Names and paths of programs after quote removal, each once, in the order of the line.
    ///
    /// Builtins, and functions and aliases that the line itself defines, are left out. At most 256.
    public let programs: [String]
    /// Names of functions that the line defines.
    public let functions: Set<String>
    /// Names of aliases that the line defines.
    public let aliases: Set<String>
    /// Whether the line calls `enable -f`, which would load a builtin from a shared object.
    public let loadsBuiltins: Bool
    /// How much of the line was understood.
    public let reading: Reading

    init(findings: CommandLineFindings) {
        let functions = findings.functions
        let aliases = findings.aliases
        var seen: Set<[UInt8]> = []
        var programs: [String] = []
        for command in findings.commands {
            if !command.bypassesShell {
                let isKnown =
                    BashVocabulary.isBuiltin(command.name) || functions.contains(command.name)
                    || aliases.contains(command.name)
                if isKnown { continue }
            }
            guard seen.insert(command.name).inserted else { continue }
            programs.append(String(decoding: command.name, as: UTF8.self))
        }
        self.programs = programs
        self.functions = Set(functions.map { String(decoding: $0, as: UTF8.self) })
        self.aliases = Set(aliases.map { String(decoding: $0, as: UTF8.self) })
        self.loadsBuiltins = findings.loadsBuiltins
        self.reading = findings.skipped.map { .partial($0) } ?? .complete
    }
}
