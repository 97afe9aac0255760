// SPDX-License-Identifier: Apache-2.0

/// A decision that leaves an action to a person.
public struct ApprovalRequest: Sendable, Hashable {
    /// The tool that asks.
    public let tool: ToolName
    /// The rules that want a person to agree, each with the demand it is about; at least one.
    public let questions: [RuleTrace]
    /// The rules that were consulted, in order, up to 4,096.
    public let trace: [RuleTrace]

    /// The question to put to a person.
    public var question: String {
        var parts: [String] = []
        for question in questions.prefix(10) {
            let reason = question.reason.map { " (\($0))" } ?? ""
            parts.append(question.demand.summary + reason)
        }
        if questions.count > 10 { parts.append("\(questions.count - 10) more") }
        return "Allow \(tool) to \(parts.joined(separator: "; "))?"
    }

    /// The refusal to give where nobody can be asked.
    public var denial: Denial {
        let first = questions.first
        let ruleID = first?.ruleID ?? "default"
        let reason = first?.reason.map { ": \($0)" } ?? ""
        let what = first?.demand.summary ?? "do this"
        return Denial(
            ruleID: ruleID,
            origin: first?.origin ?? .builtIn,
            demand: first?.demand,
            message: """
                A person has to agree before this call may \(what) (rule '\(ruleID)'\(reason)), and this client \
                can't be asked. Nothing was run. Ask the user to do it, or the operator to change the rule.
                """,
            trace: trace
        )
    }
}
