// SPDX-License-Identifier: Apache-2.0

/// The words that mean something to bash 5.2 itself.
enum BashVocabulary {
    /// The builtin commands, as `compgen -b` prints them.
    static let builtins: [String] = [
        ".", ":", "[", "alias", "bg", "bind", "break", "builtin", "caller", "cd", "command", "compgen",
        "complete",
        "compopt", "continue", "declare", "dirs", "disown", "echo", "enable", "eval", "exec", "exit",
        "export",
        "false", "fc", "fg", "getopts", "hash", "help", "history", "jobs", "kill", "let", "local", "logout",
        "mapfile", "popd", "printf", "pushd", "pwd", "read", "readarray", "readonly", "return", "set",
        "shift",
        "shopt", "source", "suspend", "test", "times", "trap", "true", "type", "typeset", "ulimit", "umask",
        "unalias", "unset", "wait",
    ]

    /// The reserved words, as `compgen -k` prints them.
    static let reservedWords: [String] = [
        "if", "then", "else", "elif", "fi", "case", "esac", "for", "select", "while", "until", "do",
        "done", "in",
        "function", "time", "{", "}", "!", "[[", "]]", "coproc",
    ]

    private static let builtinBytes = Set(builtins.map { Array($0.utf8) })
    private static let reservedBytes = Set(reservedWords.map { Array($0.utf8) })
    private static let declarations = Set(
        ["alias", "declare", "export", "local", "readonly", "typeset"].map { Array($0.utf8) }
    )

    static func isBuiltin(_ name: [UInt8]) -> Bool {
        builtinBytes.contains(name)
    }

    static func isReserved(_ word: [UInt8]) -> Bool {
        word.count <= 8 && reservedBytes.contains(word)
    }

    /// Whether arguments of the builtin may be assignments, arrays among them.
    static func isDeclaration(_ name: [UInt8]) -> Bool {
        declarations.contains(name)
    }
}
