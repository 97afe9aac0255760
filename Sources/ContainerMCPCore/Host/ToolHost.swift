// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol
public import Logging

/// Carries out calls: checks, permission, a place, work, audit, answer.
///
/// Every transport and every embedding program calls tools through it; prompts and resources take the same way.
public final class ToolHost: Sendable {
    /// What is on offer.
    public let catalogue: Catalogue
    /// The policy that decides.
    public let policy: PolicyEngine
    let gate: AdmissionGate
    let desk: ApprovalDesk
    private let metrics: ServerMetrics
    private let audit: AuditLog?
    private let logger: Logger
    private let mechanism: String
    private let replyLimit: Int
    private let warning: String?
    /// The workspaces of the callers; nil where the tools have none, or look after them themselves.
    let workspaces: (any WorkspaceStore)?

    /// The tools on offer now.
    public var registry: ToolRegistry { catalogue.tools }

    /// Makes a host for a fixed list of tools.
    ///
    /// - Parameters:
    ///   - registry: The tools on offer.
    ///   - policy: The policy that decides.
    ///   - audit: Where each call is written down; nil for none, as in tests.
    ///   - limits: Places and the largest reply.
    ///   - mechanism: What confines calls, for the audit log.
    ///   - warning: Said in every result; for a server that runs without protection.
    ///   - metrics: Where calls are counted.
    ///   - logger: Where causes of failures go.
    public convenience init(
        registry: ToolRegistry,
        policy: PolicyEngine,
        audit: AuditLog?,
        limits: LimitSettings,
        mechanism: String,
        warning: String? = nil,
        metrics: ServerMetrics = .disabled,
        logger: Logger
    ) {
        self.init(
            catalogue: Catalogue(tools: registry),
            policy: policy,
            audit: audit,
            limits: limits,
            mechanism: mechanism,
            warning: warning,
            metrics: metrics,
            logger: logger
        )
    }

    /// Makes a host.
    ///
    /// - Parameters:
    ///   - catalogue: Tools, prompts and resources on offer; may change while the server runs.
    ///   - policy: The policy that decides.
    ///   - audit: Where each call is written down; nil for none, as in tests.
    ///   - limits: Places and the largest reply.
    ///   - mechanism: What confines calls, for the audit log.
    ///   - warning: Said in every result; for a server that runs without protection.
    ///   - metrics: Where calls are counted.
    ///   - logger: Where causes of failures go.
    public convenience init(
        catalogue: Catalogue,
        policy: PolicyEngine,
        audit: AuditLog?,
        limits: LimitSettings,
        mechanism: String,
        warning: String? = nil,
        metrics: ServerMetrics = .disabled,
        logger: Logger
    ) {
        self.init(
            catalogue: catalogue,
            policy: policy,
            audit: audit,
            limits: limits,
            mechanism: mechanism,
            warning: warning,
            metrics: metrics,
            logger: logger,
            desk: ApprovalDesk()
        )
    }

    init(
        catalogue: Catalogue,
        policy: PolicyEngine,
        audit: AuditLog?,
        limits: LimitSettings,
        mechanism: String,
        warning: String?,
        metrics: ServerMetrics = .disabled,
        logger: Logger,
        desk: ApprovalDesk = ApprovalDesk(),
        workspaces: (any WorkspaceStore)? = nil
    ) {
        self.desk = desk
        self.workspaces = workspaces
        self.metrics = metrics
        self.catalogue = catalogue
        self.policy = policy
        self.audit = audit
        self.mechanism = mechanism
        self.warning = warning
        self.logger = logger
        replyLimit = limits.replyBytes
        gate = AdmissionGate(
            places: [.exec: limits.exec, .files: limits.files, .web: limits.web],
            sessionShare: limits.sessionRunning,
            backgroundShare: limits.backgroundRunning,
            metrics: metrics
        )
    }

    /// Calls a tool.
    ///
    /// - Parameters:
    ///   - name: The tool's name.
    ///   - arguments: What the client sent, not yet checked.
    ///   - caller: Who calls.
    /// - Returns: The answer; a call that did not happen is one that is marked as an error. Cancelling the task ends
    ///   the work, and its processes are gone before this returns.
    public func call(_ name: String, _ arguments: JSONObject, caller: Caller) async -> ToolResult {
        await callForStatus(name, arguments, caller: caller).result
    }

    /// Calls a tool, and tells also of which kind a refusal is, for an exit status.
    ///
    /// - Parameters:
    ///   - name: The tool's name.
    ///   - arguments: What the client sent, not yet checked.
    ///   - caller: Who calls.
    ///   - request: What the caller can be asked and wants to hear; nothing by default.
    ///   - link: The way to the caller while the call is open.
    /// - Returns: The answer of ``call(_:_:caller:)``; `refusal` is nil for a call that happened.
    public func callForStatus(
        _ name: String,
        _ arguments: JSONObject,
        caller: Caller,
        request: RequestContext = RequestContext(revision: .newestLegacy),
        link: RequestLink = .silent
    ) async -> (result: ToolResult, refusal: ToolError.Code?) {
        do throws(ToolError) {
            let ended = try await RoundTrips.run(asking: link.ask) { rounds in
                await self.pass(name, arguments, self.context(caller, request, link, rounds))
            }
            switch ended {
            case .success(let pass): return (pass.result, pass.refusal)
            case .failure(let error): throw ToolError(error)
            }
        } catch {
            return (refusal(error), error.code)
        }
    }

    /// Makes the context of one pass.
    func context(
        _ caller: Caller,
        _ request: RequestContext,
        _ link: RequestLink,
        _ rounds: CallRounds,
        _ background: BackgroundCall? = nil
    ) -> CallContext {
        CallContext(
            caller: caller,
            request: request,
            policy: policy,
            desk: desk,
            rounds: rounds,
            link: link,
            background: background
        )
    }

    /// A tool call that has its result.
    struct ToolPass: Sendable {
        var result: ToolResult
        /// Of which kind the refusal is; nil for a call that happened.
        var refusal: ToolError.Code?
    }

    /// Makes one pass of a tool.
    ///
    /// - Parameters:
    ///   - name: The tool's name.
    ///   - arguments: What the client sent, not yet checked.
    ///   - context: What the tool is given.
    ///   - ticket: Stands for the call at the gate, where it may go into the background.
    /// - Returns: What the pass came to.
    func pass(
        _ name: String,
        _ arguments: JSONObject,
        _ context: CallContext,
        ticket: AdmissionGate.Ticket? = nil
    ) async -> CallAnswer<ToolPass> {
        let tool = registry[name]
        let handler = HandlerName(tool: name, arguments, tool?.effects)
        let outcome = await perform(handler, context, ticket: ticket) {
            () async throws(ToolError) -> ToolOutput in
            guard let tool else {
                throw ToolError(.notFound, "There is no tool of this name; tools/list shows those there are.")
            }
            return try await tool.call(raw: arguments, in: context)
        } before: { () throws(ToolError) in
            try tool?.preflight(raw: arguments, in: context)
        } answer: { output throws(ToolError) in
            try self.answer(output)
        } describe: { output, event in
            event.exitCode = output.facts.exitCode
            event.signal = output.facts.signal
            event.stdoutBytes = output.facts.outputBytes
            event.stderrBytes = output.facts.errorBytes
            event.droppedBytes = output.facts.droppedBytes
            event.outcome = output.facts.outcome ?? "success"
        }
        switch outcome {
        case .success(let result):
            return .complete(ToolPass(result: result, refusal: nil))
        case .failure(let error):
            if let questions = error.questions { return .inputRequired(questions) }
            if let failure = error.protocolError { return .failure(failure) }
            return .complete(ToolPass(result: refusal(error), refusal: error.code))
        }
    }

    /// Asks for the permissions that a tool will ask for, before it takes a place.
    ///
    /// - Returns: What keeps the call from going on, or nil. It is not audited: the call that follows is.
    func preflight(_ name: String, _ arguments: JSONObject, _ context: CallContext) -> ToolError? {
        do throws(ToolError) {
            try registry[name]?.preflight(raw: arguments, in: context)
            return nil
        } catch {
            return error
        }
    }

    /// Serves anything else that takes a place and is written down: a resource, a prompt.
    func perform<Value: Sendable>(
        _ handler: HandlerName,
        _ context: CallContext,
        _ work: @Sendable () async throws(ToolError) -> Value
    ) async -> Result<Value, ToolError> {
        await perform(handler, context, ticket: nil, work) { () throws(ToolError) in
        } answer: { value throws(ToolError) in
            value
        } describe: { _, event in
            event.outcome = "success"
        }
    }

    private func perform<Output: Sendable, Value: Sendable>(
        _ handler: HandlerName,
        _ context: CallContext,
        ticket: AdmissionGate.Ticket?,
        _ work: @Sendable () async throws(ToolError) -> Output,
        before: @Sendable () throws(ToolError) -> Void,
        answer: @Sendable (Output) throws(ToolError) -> Value,
        describe: @Sendable (Output, inout AuditEvent) -> Void
    ) async -> Result<Value, ToolError> {
        let started = ContinuousClock.now
        let caller = context.caller
        var event = AuditEvent(.call)
        event.session = caller.session
        event.subject = caller.subject.id
        event.request = caller.request
        event.tool = handler.name
        event.mechanism = mechanism
        event.arguments = AuditArguments(JSONValue.object(handler.arguments).encodedString())
        var result: Result<Value, ToolError>
        do throws(ToolError) {
            try await audit?.ensureWritable()
            try before()
            let output = try await gate.withPlace(
                handler.kind,
                session: caller.session,
                ticket: ticket ?? gate.ticket(),
                work
            )
            describe(output, &event)
            result = .success(try answer(output))
        } catch {
            result = .failure(error)
            event.outcome = error.code.rawValue
            event.detail = error.cause
            if let cause = error.cause {
                logger.info("call refused", metadata: ["tool": "\(handler.name)", "cause": "\(cause)"])
            }
        }
        context.settle(wasInterrupted: result.isInterruption)
        let verdict = context.verdict
        event.decision = verdict.decision
        event.rule = verdict.rule
        if let approval = verdict.approval { event.attributes["approval"] = approval }
        event.duration = started.duration(to: .now)
        do throws(ToolError) {
            try await audit?.record(event)
        } catch {
            logger.error("audit log can't be written", metadata: ["cause": "\(error.cause ?? "")"])
            metrics.auditFailed()
            result = .failure(error)
            event.outcome = error.code.rawValue
        }
        tell(context, handler, event, result)
        metrics.callEnded(
            tool: handler.metricName,
            outcome: ServerMetrics.CallOutcome(word: event.outcome ?? ""),
            duration: started.duration(to: .now)
        )
        metrics.outputDropped(bytes: event.droppedBytes ?? 0)
        return result
    }

    /// Tells the client's log what became of a call; without arguments and output.
    private func tell<Value>(
        _ context: CallContext,
        _ handler: HandlerName,
        _ event: AuditEvent,
        _ result: Result<Value, ToolError>
    ) {
        guard let name = handler.metricName else { return }
        var data: JSONObject = ["call": .string(name), "outcome": .string(event.outcome ?? "")]
        data["rule"] = event.rule.map { .string($0) }
        data["exit_code"] = event.exitCode.map { .integer(Int64($0)) }
        data["signal"] = event.signal.map { .string($0) }
        if let duration = event.duration {
            let (seconds, attoseconds) = duration.components
            data["milliseconds"] = .integer(seconds &* 1_000 &+ attoseconds / 1_000_000_000_000_000)
        }
        let level: LogLevel
        switch result {
        case .failure(let error) where error.questions != nil: level = .debug
        case .failure: level = .warning
        // What a program did is the caller's business; that a limit ended it is worth a look.
        case .success:
            let isEnded = event.outcome == "timeout" || event.outcome?.hasPrefix("limit") == true
            level = isEnded ? .notice : .debug
        }
        context.log(level, .object(data), logger: "calls")
    }

    private func answer(_ output: ToolOutput) throws(ToolError) -> ToolResult {
        guard var structured = output.structured else {
            return ToolResult(content: output.more, isError: output.isError)
        }
        if let warning { structured["warning"] = .string(warning) }
        guard JSONValue.object(structured).encoded().count <= replyLimit else {
            throw ToolError(
                .limitExceeded,
                """
                The answer is larger than the limit of \(replyLimit) bytes. Ask for a part of it with 'offset' \
                and 'limit'.
                """,
            )
        }
        return ToolResult.structured(.object(structured), isError: output.isError, more: output.more) {
            output.account
        }
    }

    /// A call that did not happen, as a result.
    func refusal(_ error: ToolError) -> ToolResult {
        var structured: JSONObject = ["success": false, "error": .string(error.message)]
        if let warning { structured["warning"] = .string(warning) }
        return ToolResult.structured(.object(structured), isError: true) { error.message }
    }
}

extension Result where Failure == ToolError {
    fileprivate var isInterruption: Bool {
        if case .failure(let error) = self { error.questions != nil } else { false }
    }
}
