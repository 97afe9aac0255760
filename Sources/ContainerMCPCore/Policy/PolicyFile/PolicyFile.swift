// SPDX-License-Identifier: Apache-2.0

/// A policy file that was read and checked.
///
/// See `docs/policy.md` for the format and what its rules mean.
public struct PolicyFile: Sendable, Hashable {
    /// One rule as it was written.
    public struct Rule: Sendable, Hashable {
        /// What a rule says to the demands it matches.
        public enum Verdict: String, Sendable, Hashable, CaseIterable {
            /// It grants them.
            case allow
            /// It denies them.
            case deny
            /// A person has to agree.
            case ask
        }

        /// Its name; `rule-N` by its place in the file where none was given.
        public let id: String
        /// The line it begins at, from 1.
        public let line: Int
        /// Patterns of tool names; nil for every tool.
        public let tools: [String]?
        /// Patterns of programs; nil where the rule is not about programs.
        public let commands: [String]?
        /// Patterns of paths; nil where the rule is not about paths.
        public let paths: [String]?
        /// Patterns of hosts; nil where the rule is not about hosts.
        public let domains: [String]?
        /// Patterns of subjects; nil for everybody.
        public let subjects: [String]?
        /// Kinds of effect; nil for every kind.
        public let effects: Set<Effect>?
        /// What it says.
        public let verdict: Verdict
        /// Why, in words for the caller.
        public let reason: String?
    }

    /// The rules in the order of the file.
    public let rules: [Rule]
    /// Whether only what a rule of the file allows passes (`default: deny`).
    public let denyByDefault: Bool
    /// The line of `default`, or 1.
    public let defaultLine: Int

    /// Reads a policy file's text.
    ///
    /// - Parameter yaml: UTF-8, at most 1 MiB.
    /// - Throws: ``PolicyFileError`` with the line of the first mistake.
    public init(yaml: [UInt8]) throws(PolicyFileError) {
        var reader = PolicyFileReader()
        let contents = try reader.read(yaml)
        rules = contents.rules
        denyByDefault = contents.denyByDefault
        defaultLine = contents.defaultLine
    }
}
