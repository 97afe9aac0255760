// SPDX-License-Identifier: Apache-2.0

/// One rule of a policy: a pure function from a request to a verdict.
public protocol PolicyRule: Sendable {
    /// The rule's name in traces and audit lines.
    var id: String { get }
    /// Where the rule comes from.
    var origin: RuleOrigin { get }
    /// Judges one demand; without clock, disk or network, so that each decision can be repeated.
    func verdict(on request: PolicyRequest) -> RuleVerdict
}

extension PolicyRule {
    /// Rules that an embedding program adds come from there.
    public var origin: RuleOrigin { .embedder }
}
