// SPDX-License-Identifier: Apache-2.0

/// Where a rule comes from, so that a person finds the place to change.
public enum RuleOrigin: Sendable, Hashable, CustomStringConvertible {
    /// A setting, by its key.
    case setting(String)
    /// A rule of the policy file, by the line it begins at.
    case policyFile(line: Int)
    /// Built into the server.
    case builtIn
    /// Added by the program that embeds the server.
    case embedder

    /// The origin in a few words.
    public var description: String {
        switch self {
        case .setting(let key): key
        case .policyFile(let line): "policy file, line \(line)"
        case .builtIn: "built in"
        case .embedder: "the embedding program"
        }
    }
}
