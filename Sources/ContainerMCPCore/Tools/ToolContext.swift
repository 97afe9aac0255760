// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What a tool knows about the call it serves.
public final class ToolContext: Sendable {
    /// Who calls, and where the answer goes.
    public let caller: Caller
    private let policy: PolicyEngine
    private let verdicts = Mutex(Verdict())

    /// What the policy said, for the audit log.
    struct Verdict: Sendable {
        var decision: String?
        var rule: String?
    }

    init(caller: Caller, policy: PolicyEngine) {
        self.caller = caller
        self.policy = policy
    }

    /// Asks the policy for permission.
    ///
    /// - Parameter action: What the tool wants to do.
    /// - Returns: The proof that managers ask for.
    /// - Throws: ``ToolError`` with code `denied`; also where a person would have to be asked.
    public func permit<Action: PolicedAction>(_ action: Action) throws(ToolError) -> Permitted<Action> {
        let decision = policy.decide(action, subject: caller.subject)
        let verdict: Verdict
        switch decision {
        case .permitted(let permitted):
            verdict = Verdict(decision: "allow", rule: permitted.trace.last?.ruleID)
        case .denied(let denial):
            verdict = Verdict(decision: "deny", rule: denial.ruleID)
        case .approvalNeeded(let request):
            verdict = Verdict(decision: "ask", rule: request.questions.first?.ruleID)
        }
        verdicts.withLock { $0 = verdict }
        return try decision.get()
    }

    var verdict: Verdict { verdicts.withLock { $0 } }
}
