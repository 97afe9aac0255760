// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol
internal import Synchronization

/// What a handler (of a tool, a prompt or a resource) knows about the request it serves, and what it can say and ask
/// meanwhile.
///
/// A handler is written once for every revision and transport. Where it has to ask, it calls ``answer(_:to:)``:
/// without an answer yet that interrupts the handler, the client is asked in the way of its revision, and the handler
/// runs again from the top with the answer at hand. Up to the point where it asks, it must therefore do nothing that
/// can't be done twice.
public final class CallContext: Sendable {
    /// Who calls, and where the answer goes.
    public let caller: Caller
    /// How the request wants to be served; its revision is for display only.
    public let request: RequestContext
    private let policy: PolicyEngine
    private let desk: ApprovalDesk
    private let rounds: CallRounds
    private let link: RequestLink
    private let background: BackgroundCall?
    private let memory = Mutex(Memory())

    private struct Memory {
        var verdict = Verdict()
        var reserved: [ApprovalDesk.Ticket] = []
        /// What was agreed to for good, until the pass has ended.
        var agreed: Set<String> = []
        var rate = RateLimit()
    }

    /// What the policy said, for the audit log.
    struct Verdict: Sendable {
        var decision: String?
        var rule: String?
        var approval: String?
    }

    init(
        caller: Caller,
        request: RequestContext,
        policy: PolicyEngine,
        desk: ApprovalDesk,
        rounds: CallRounds = CallRounds(),
        link: RequestLink = .silent,
        background: BackgroundCall? = nil
    ) {
        self.caller = caller
        self.request = request
        self.policy = policy
        self.desk = desk
        self.rounds = rounds
        self.link = link
        self.background = background
    }

    // MARK: Permission

    /// Asks the policy for permission, and where the policy says so, the user.
    ///
    /// - Parameter action: What the handler wants to do.
    /// - Returns: The proof that managers ask for.
    /// - Throws: ``ToolError`` with code `denied`, also where a person would have to be asked and can't be or says no;
    ///   with code `inputRequired` where the client is asked first.
    public func permit<Action: PolicedAction>(_ action: Action) throws(ToolError) -> Permitted<Action> {
        switch policy.decide(action, subject: caller.subject) {
        case .permitted(let permitted):
            note(Verdict(decision: "allow", rule: permitted.trace.last?.ruleID))
            return permitted
        case .denied(let denial):
            note(Verdict(decision: "deny", rule: denial.ruleID))
            throw denial.toolError
        case .approvalNeeded(let request):
            return try ask(request, action)
        }
    }

    private func ask<Action: PolicedAction>(_ approval: ApprovalRequest, _ action: Action)
        throws(ToolError) -> Permitted<Action>
    {
        var verdict = Verdict(decision: "ask", rule: approval.questions.first?.ruleID)
        func record(_ word: String) {
            verdict.approval = word
            note(verdict)
        }
        let holder = ApprovalDesk.Holder(caller)
        let question = ApprovalQuestion(approval, for: holder)
        if let holder, desk.isStanding(question.digest, for: holder) {
            record("standing")
            return try approved(action, approval)
        }
        guard canAsk(question.request) else {
            record("cannot_ask")
            throw approval.denial.toolError
        }
        record("pending")
        if rounds.answers[question.key]?.isVolunteered == true {
            let questions = [InputQuestion(key: question.key, request: question.request)]
            throw ToolError(InputRequired(requests: questions, state: rounds.state))
        }
        if let failure = rounds.failures[question.key] { record(failure.word) }
        let answer = try answer(question.key, to: question.request)
        let choice = question.choice(in: answer)
        switch choice {
        case .always:
            record("always")
        case .once:
            record("once")
        case .no(let word):
            record(word)
            throw ToolError(
                .denied,
                "The user did not agree (\(word)), so nothing was run. Do it another way, or ask the user why.",
                cause: "rule \(verdict.rule ?? "default")"
            )
        }
        if let seal = rounds.answers[question.key]?.seal {
            try spend(ApprovalDesk.Ticket(seal, question.key))
        }
        // Only now: an approval that was used up already must not become one for good.
        if choice == .always { memory.withLock { _ = $0.agreed.insert(question.digest) } }
        return try approved(action, approval)
    }

    private func approved<Action: PolicedAction>(_ action: Action, _ approval: ApprovalRequest)
        throws(ToolError) -> Permitted<Action>
    {
        try policy.decide(action, subject: caller.subject, approved: approval).get()
    }

    private func spend(_ ticket: ApprovalDesk.Ticket) throws(ToolError) {
        try memory.withLock { memory throws(ToolError) in
            // The same action may ask more than once in one call.
            guard !memory.reserved.contains(ticket) else { return }
            try desk.reserve(ticket)
            memory.reserved.append(ticket)
        }
    }

    /// Takes the news that the handler came to an end of its pass.
    ///
    /// - Parameter wasInterrupted: It will run again, so the approvals it used are not used up yet.
    func settle(wasInterrupted: Bool) {
        let (tickets, agreed) = memory.withLock { memory in
            defer { (memory.reserved, memory.agreed) = ([], []) }
            return (memory.reserved, memory.agreed)
        }
        for ticket in tickets { desk.settle(ticket, isSpent: !wasInterrupted) }
        guard !wasInterrupted, let holder = ApprovalDesk.Holder(caller) else { return }
        for digest in agreed { desk.remember(digest, for: holder) }
    }

    private func note(_ verdict: Verdict) {
        memory.withLock { $0.verdict = verdict }
    }

    var verdict: Verdict { memory.withLock { $0.verdict } }

    // MARK: Questions

    /// What the handler said in the round before, with ``answers(to:state:)``; nil in the first.
    ///
    /// Nobody can have changed it on the way.
    public var state: JSONValue? { rounds.state }

    /// Whether the client can be asked something of this kind.
    public func canAsk(_ request: InputRequest) -> Bool {
        guard self.request.era == .modern || link.ask != nil || background?.canAsk == true else {
            return false
        }
        return request.isSupported(by: self.request.clientCapabilities, in: self.request.revision)
    }

    /// The answer to a question; asks it where there is none yet.
    ///
    /// - Parameters:
    ///   - key: Names the question among those of this call.
    ///   - request: The question, the same each time the handler runs.
    /// - Returns: The answer, checked against the question. That a user declines is an answer, too.
    /// - Throws: ``ToolError`` that interrupts the handler until the answer is there; let it through.
    public func answer(_ key: String, to request: InputRequest) throws(ToolError) -> InputAnswer {
        let question = InputQuestion(key: key, request: request)
        guard let answer = try answers(to: [question])[key] else {
            throw ToolError(InputRequired(requests: [question], state: rounds.state))
        }
        return answer
    }

    /// The answers to several questions, which are asked together where any is missing.
    ///
    /// - Parameters:
    ///   - questions: The questions, the same each time the handler runs.
    ///   - state: What the handler wants to find in ``state`` when it runs again.
    /// - Returns: The answers by their keys, one for each question.
    /// - Throws: ``ToolError`` that interrupts the handler until the answers are there; let it through.
    public func answers(to questions: [InputQuestion], state: JSONValue? = nil) throws(ToolError)
        -> [String: InputAnswer]
    {
        var read: [String: InputAnswer] = [:]
        var missing: [InputQuestion] = []
        for question in questions {
            if let failure = rounds.failures[question.key] { throw RoundTrips.refusal(failure) }
            guard let given = rounds.answers[question.key] else {
                missing.append(question)
                continue
            }
            do throws(JSONRPCError) {
                read[question.key] = try question.request.read(given.answer)
            } catch {
                guard request.era == .legacy else { throw ToolError(error) }
                throw ToolError(
                    .invalidArgument,
                    "The client's answer to '\(question.key)' can't be used: \(error.message)."
                )
            }
        }
        guard missing.isEmpty else {
            if request.revision.has(.elicitationIDs) {
                missing = missing.map { rounds.errands.identified($0) }
            }
            throw ToolError(InputRequired(requests: missing, state: state ?? rounds.state))
        }
        return read
    }

    /// Tells the client that what the user was asked to open is done, so that it need not ask the user for it.
    ///
    /// That a user agreed to open an address says nothing about what came of it: a handler that gets to know does so by
    /// itself, for instance because the page behind the address calls back. Told once for each question, in MCP
    /// 2025-11-25, the one revision that has such news (`notifications/elicitation/complete`); else without effect.
    ///
    /// - Parameter key: The key of a question with ``Elicitation/url(message:url:elicitationID:)`` that this call asked.
    public func elicitationCompleted(_ key: String) async {
        guard request.revision.has(.elicitationIDs), let id = rounds.errands.take(key) else { return }
        await link.write(JSONRPCNotification.elicitationComplete(id: id).jsonValue)
    }

    // MARK: Time

    /// Whether the call may go on in the background after its request, as a task.
    public var canDetach: Bool { background != nil }

    /// Lets the call go on in the background from here on, where the client can follow it there.
    ///
    /// What has to be asked before the work is asked before this. Without effect where ``canDetach`` is false, and for
    /// a call that is in the background already.
    ///
    /// - Returns: Whether the call is in the background now; false also where there are too many tasks.
    @discardableResult
    public func detach() async -> Bool {
        await background?.detach() ?? false
    }

    // MARK: News

    /// Whether the client wants to hear of progress.
    public var wantsProgress: Bool { request.progressToken != nil }

    /// Tells how far the call got; never waits.
    ///
    /// Dropped where the client did not ask, where it does not grow, and above 200 messages a second.
    ///
    /// - Parameters:
    ///   - value: What is done; grows from one update to the next.
    ///   - total: What there is to do, if known.
    ///   - message: What is going on.
    public func progress(_ value: Double, of total: Double? = nil, message: String? = nil) {
        tell(.progress(ProgressUpdate(value, of: total, message: message)))
    }

    /// Sends a log message to the client; never waits.
    ///
    /// Dropped where the client does not want the level, and above 200 messages a second. It must hold no secrets.
    ///
    /// - Parameters:
    ///   - level: How grave it is.
    ///   - data: What happened.
    ///   - logger: Which part of the server says so.
    public func log(_ level: LogLevel, _ data: JSONValue, logger: String? = nil) {
        tell(.log(LogEntry(level, logger: logger, data: data)))
    }

    /// Ends the connection that carries the answer while the call goes on; the client fetches the answer later.
    ///
    /// Only where a client can do so (MCP 2025-11-25, SSE polling); else without effect.
    public func breakStream() {
        link.tell(.breakStream)
    }

    private func tell(_ event: RequestLink.Event) {
        guard memory.withLock({ $0.rate.admits(.now) }) else { return }
        link.tell(event)
    }
}
