// SPDX-License-Identifier: Apache-2.0

/// One word of a command line, as far as it is known before anything runs.
struct ShellWord {
    /// The characters after quote removal; where expansions stand, nothing.
    var text: [UInt8] = []
    /// Whether a parameter, command, arithmetic or process substitution is part of the word.
    var hasExpansion = false
    /// Whether an unquoted glob, tilde or brace expression is part of the word.
    var isPattern = false
    /// Whether any character was quoted.
    var isQuoted = false
    /// Whether the word begins with `name=`, `name+=` or `name[…]=`.
    var isAssignment = false
    /// Where the word stands in the text.
    var source: Range<Int>

    /// Whether `text` is the whole word.
    var isLiteral: Bool { !hasExpansion && !isPattern }

    /// The part of the text before the first `=`, if there is one.
    var nameBeforeEquals: [UInt8]? {
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")), equals > 0 else { return nil }
        return Array(text[..<equals])
    }
}
