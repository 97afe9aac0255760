// SPDX-License-Identifier: Apache-2.0

/// Proof that a policy engine allowed an action.
///
/// Managers accept nothing else, so an action that was never decided does not compile.
public struct Permitted<Action: PolicedAction>: Sendable {
    /// What may be done.
    public let action: Action
    /// For whom.
    public let subject: Subject
    /// Which programs it may start; for a command line the sandbox shows these and no others.
    public let programs: ProgramAccess
    /// The rules that were consulted, in order, up to 4,096.
    public let trace: [RuleTrace]

    fileprivate init(_ action: Action, subject: Subject, programs: ProgramAccess, trace: [RuleTrace]) {
        self.action = action
        self.subject = subject
        self.programs = programs
        self.trace = trace
    }
}

/// Decides about actions, from the settings and an optional policy file.
///
/// A demand passes when some rule grants it and none denies it; a rule that asks holds it up until a person has
/// agreed. The order of rules does not matter. An action passes when all of its demands do, and it has at least one.
/// The engine has no clock, disk or network, so every decision can be repeated.
public struct PolicyEngine: Sendable {
    static let maximumTrace = 4_096

    private let rules: [any PolicyRule]
    private let settings: PolicySettings
    private let file: PolicyFile?
    /// Whether rules beyond the settings can take programs away.
    private let hasFurtherRules: Bool

    /// Makes an engine.
    ///
    /// - Parameters:
    ///   - settings: What the settings allow.
    ///   - file: The policy file, which can narrow that.
    ///   - rules: Rules of an embedding program; like a file's they can't lift what a setting denies.
    public init(settings: PolicySettings, file: PolicyFile? = nil, rules: [any PolicyRule] = []) {
        var all: [any PolicyRule] = [
            EnabledToolsRule(enabledTools: settings.enabledTools),
            ScopeRule(),
            AllowedCommandsRule(
                isRestricted: settings.isCommandRestricted,
                programs: settings.programs,
                allowsWorkspacePrograms: settings.allowsWorkspacePrograms
            ),
            AllowedEndingsRule(endings: settings.allowedEndings),
            ReadOnlyDataRule(),
            AllowedDomainsRule(domains: settings.allowedDomains),
        ]
        for rule in file?.rules ?? [] {
            all.append(PolicyFileRule(definition: rule, programs: settings.programs))
        }
        all += rules
        self.rules = all
        self.settings = settings
        self.file = file
        self.hasFurtherRules = file != nil || !rules.isEmpty
    }

    /// Decides whether an action may be done for a subject.
    public func decide<Action: PolicedAction>(_ action: Action, subject: Subject) -> PolicyDecision<Action> {
        let judgement = judge(action.demands, tool: action.tool, subject: subject, withAbstentions: false)
        switch judgement.outcome {
        case .denied(let denial):
            return .denied(denial)
        case .asks(let questions):
            return .approvalNeeded(
                ApprovalRequest(tool: action.tool, questions: questions, trace: judgement.trace)
            )
        case .permitted:
            return .permitted(
                Permitted(
                    action,
                    subject: subject,
                    programs: programAccess(for: action, subject: subject),
                    trace: judgement.trace
                )
            )
        }
    }

    /// Decides about an action that a person agreed to.
    ///
    /// - Parameters:
    ///   - action: What is to be done.
    ///   - subject: For whom.
    ///   - approved: What the person was asked and agreed to.
    /// - Returns: A permission where the rules ask just that; what was not asked still has to be.
    func decide<Action: PolicedAction>(
        _ action: Action,
        subject: Subject,
        approved: ApprovalRequest
    ) -> PolicyDecision<Action> {
        let decision = decide(action, subject: subject)
        guard case .approvalNeeded(let needed) = decision, needed.questions == approved.questions,
            needed.tool == approved.tool
        else { return decision }
        return .permitted(
            Permitted(
                action,
                subject: subject,
                programs: programAccess(for: action, subject: subject),
                trace: needed.trace
            )
        )
    }

    /// Explains the decision on an action rule by rule, with the rules that had nothing to say.
    public func explain(_ action: some PolicedAction, subject: Subject) -> PolicyExplanation {
        let demands = action.demands
        var parts: [PolicyExplanation.Part] = []
        for demand in demands.prefix(CommandLineFindings.maximumCommands + 1) {
            let judgement = judge([demand], tool: action.tool, subject: subject, withAbstentions: true)
            parts.append(
                PolicyExplanation.Part(demand: demand, outcome: judgement.word, rules: judgement.trace)
            )
        }
        let whole = judge(demands, tool: action.tool, subject: subject, withAbstentions: false)
        return PolicyExplanation(
            tool: action.tool,
            subject: subject,
            outcome: whole.word,
            message: whole.message(for: action.tool),
            parts: parts
        )
    }

    // MARK: Judging

    private struct Judgement {
        enum Outcome {
            case permitted
            case denied(Denial)
            case asks([RuleTrace])
        }

        let outcome: Outcome
        let trace: [RuleTrace]

        var word: PolicyExplanation.Outcome {
            switch outcome {
            case .permitted: .permitted
            case .denied: .denied
            case .asks: .approvalNeeded
            }
        }

        func message(for tool: ToolName) -> String? {
            switch outcome {
            case .permitted: nil
            case .denied(let denial): denial.message
            case .asks(let questions): ApprovalRequest(tool: tool, questions: questions, trace: []).question
            }
        }
    }

    private func judge(
        _ demands: [Demand],
        tool: ToolName,
        subject: Subject,
        withAbstentions: Bool
    ) -> Judgement {
        var trace: [RuleTrace] = []
        var questions: [RuleTrace] = []
        func record(_ entry: RuleTrace) {
            if trace.count < Self.maximumTrace { trace.append(entry) }
        }
        func denied(by entry: RuleTrace, _ message: String) -> Judgement {
            Judgement(
                outcome: .denied(
                    Denial(
                        ruleID: entry.ruleID,
                        origin: entry.origin,
                        demand: entry.demand,
                        message: message,
                        trace: trace
                    )
                ),
                trace: trace
            )
        }

        guard !demands.isEmpty else {
            let message = "\(tool) asked for nothing that a policy can decide on, so it was not run."
            let denial = Denial(ruleID: "default", origin: .builtIn, demand: nil, message: message, trace: [])
            return Judgement(outcome: .denied(denial), trace: [])
        }
        for demand in demands {
            let request = PolicyRequest(tool: tool, subject: subject, demand: demand)
            var isGranted = false
            var isGrantedByFile = false
            var denial: RuleTrace?
            for rule in rules {
                let verdict = rule.verdict(on: request)
                let entry = RuleTrace(ruleID: rule.id, origin: rule.origin, demand: demand, verdict: verdict)
                switch verdict {
                case .grants:
                    isGranted = true
                    if rule is PolicyFileRule { isGrantedByFile = true }
                case .denies:
                    if denial == nil { denial = entry }
                case .asks:
                    if questions.count < Self.maximumTrace { questions.append(entry) }
                case .abstains:
                    guard withAbstentions else { continue }
                }
                record(entry)
                // The explanation goes on, to show every rule.
                if denial != nil, !withAbstentions { break }
            }
            if let denial { return denied(by: denial, denial.reason ?? "Denied by rule '\(denial.ruleID)'.") }
            if let missing = missingGrant(demand, isGranted: isGranted, isGrantedByFile: isGrantedByFile) {
                record(missing)
                return denied(by: missing, missing.reason ?? "Denied by default.")
            }
        }
        return Judgement(outcome: questions.isEmpty ? .permitted : .asks(questions), trace: trace)
    }

    /// The denial of a demand that nobody spoke for.
    private func missingGrant(_ demand: Demand, isGranted: Bool, isGrantedByFile: Bool) -> RuleTrace? {
        if isGranted {
            guard let file, file.denyByDefault, !isGrantedByFile else { return nil }
            return RuleTrace(
                ruleID: "default",
                origin: .policyFile(line: file.defaultLine),
                demand: demand,
                verdict: .denies(
                    """
                    No rule of the policy file allows to \(demand.summary), and what it does not name is denied. \
                    Ask the operator to add a rule.
                    """
                )
            )
        }
        return RuleTrace(
            ruleID: "default",
            origin: .builtIn,
            demand: demand,
            verdict: .denies(
                "No rule allows to \(demand.summary). Ask the operator to add one to the policy file."
            )
        )
    }

    /// The programs that a command line may start, after all rules.
    private func programAccess(for action: some PolicedAction, subject: Subject) -> ProgramAccess {
        let runsCommandLine = action.demands.contains { demand in
            if case .runCommandLine = demand { true } else { false }
        }
        guard runsCommandLine else { return .none }
        guard settings.isCommandRestricted else { return .all }
        guard hasFurtherRules else { return .listed(settings.programs.programs) }
        let programs = settings.programs.programs.filter { program in
            let path = program.entry.utf8.contains(UInt8(ascii: "/")) ? program.entry : nil
            let demand = Demand.runProgram(name: program.entry, path: path)
            let judgement = judge([demand], tool: action.tool, subject: subject, withAbstentions: false)
            if case .permitted = judgement.outcome { return true }
            return false
        }
        return .listed(programs)
    }
}
