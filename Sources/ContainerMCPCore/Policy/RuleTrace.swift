// SPDX-License-Identifier: Apache-2.0

/// One rule's answer to one demand, kept for the audit line and for explanations.
public struct RuleTrace: Sendable, Hashable {
    /// The rule's name.
    public let ruleID: String
    /// Where the rule comes from.
    public let origin: RuleOrigin
    /// What it was asked.
    public let demand: Demand
    /// What it said.
    public let verdict: RuleVerdict

    /// The reason that was given, if one was.
    public var reason: String? { verdict.reason }
}
