// SPDX-License-Identifier: Apache-2.0

/// What a policy engine says to an action.
public enum PolicyDecision<Action: PolicedAction>: Sendable {
    /// It may be done; the value is the proof.
    case permitted(Permitted<Action>)
    /// It must not be done.
    case denied(Denial)
    /// A person has to agree first.
    case approvalNeeded(ApprovalRequest)

    /// The rules that were consulted, in order, up to 4,096.
    public var trace: [RuleTrace] {
        switch self {
        case .permitted(let permitted): permitted.trace
        case .denied(let denial): denial.trace
        case .approvalNeeded(let request): request.trace
        }
    }

    /// The permission.
    ///
    /// - Throws: ``ToolError`` with code `denied`, also where a person would have to be asked.
    public func get() throws(ToolError) -> Permitted<Action> {
        switch self {
        case .permitted(let permitted): return permitted
        case .denied(let denial): throw denial.toolError
        case .approvalNeeded(let request): throw request.denial.toolError
        }
    }
}
