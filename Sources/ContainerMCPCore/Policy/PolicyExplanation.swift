// SPDX-License-Identifier: Apache-2.0

/// Why a policy decides about an action as it does, rule by rule; made without doing anything.
public struct PolicyExplanation: Sendable, Hashable {
    /// What became of a demand or of the whole action.
    public enum Outcome: String, Sendable, Hashable {
        /// It may be done.
        case permitted
        /// It must not be done.
        case denied
        /// A person has to agree first.
        case approvalNeeded = "approval_needed"

        /// The outcome in words.
        public var words: String {
            switch self {
            case .permitted: "permitted"
            case .denied: "denied"
            case .approvalNeeded: "a person has to agree"
            }
        }
    }

    /// One demand and what each rule said to it.
    public struct Part: Sendable, Hashable {
        /// What was asked for.
        public let demand: Demand
        /// What became of it.
        public let outcome: Outcome
        /// The rules' answers, in order.
        public let rules: [RuleTrace]
    }

    /// The tool that asks.
    public let tool: ToolName
    /// For whom.
    public let subject: Subject
    /// What becomes of the action.
    public let outcome: Outcome
    /// What a caller would be told; nil when the action is permitted.
    public let message: String?
    /// The demands in order, up to 257.
    public let parts: [Part]

    /// The explanation as lines of text.
    public var lines: [String] {
        var lines = ["\(tool) for \(ShownText(subject.id)): \(outcome.words)"]
        if let message { lines.append("  \(message)") }
        for part in parts {
            lines.append("  \(part.demand.summary): \(part.outcome.words)")
            for rule in part.rules {
                let reason = rule.reason.map { ": \($0)" } ?? ""
                lines.append("    \(rule.ruleID) (\(rule.origin)) \(rule.verdict.word)\(reason)")
            }
        }
        return lines
    }
}
