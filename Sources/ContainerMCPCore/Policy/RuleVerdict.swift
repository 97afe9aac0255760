// SPDX-License-Identifier: Apache-2.0

/// What one rule says to one demand.
///
/// A denial beats a question, a question beats a grant, and where nobody grants, the demand is denied.
public enum RuleVerdict: Sendable, Hashable {
    /// The demand may pass, as far as this rule goes.
    case grants(String)
    /// The demand must not pass; the text says why and what to do.
    case denies(String)
    /// A person has to agree first; the text says why.
    case asks(String)
    /// The rule is not about this demand.
    case abstains

    /// The verdict in one word.
    public var word: String {
        switch self {
        case .grants: "grants"
        case .denies: "denies"
        case .asks: "asks"
        case .abstains: "abstains"
        }
    }

    /// The reason that was given, if one was.
    public var reason: String? {
        switch self {
        case .grants(let reason), .denies(let reason), .asks(let reason): reason
        case .abstains: nil
        }
    }
}
