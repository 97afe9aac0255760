// SPDX-License-Identifier: Apache-2.0

/// A decision against an action.
public struct Denial: Sendable, Hashable {
    /// The rule that decided; `default` where none granted.
    public let ruleID: String
    /// Where that rule comes from.
    public let origin: RuleOrigin
    /// What was refused; nil for an action that asked for nothing.
    public let demand: Demand?
    /// What, why and what to do; fit for the caller.
    public let message: String
    /// The rules that were consulted, in order, up to 4,096.
    public let trace: [RuleTrace]

    /// The refusal as the tool's error.
    public var toolError: ToolError {
        ToolError(.denied, message, cause: "rule \(ruleID) (\(origin))")
    }
}
