// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol
public import Logging

/// Carries out tool calls: checks, a place, permission, work, audit, answer.
///
/// Every transport and every embedding program calls tools through it.
public final class ToolHost: Sendable {
    /// The tools on offer.
    public let registry: ToolRegistry
    /// The policy that decides.
    public let policy: PolicyEngine
    private let audit: AuditLog?
    private let gate: AdmissionGate
    private let logger: Logger
    private let mechanism: String
    private let replyLimit: Int
    private let warning: String?

    /// Makes a host.
    ///
    /// - Parameters:
    ///   - registry: The tools on offer.
    ///   - policy: The policy that decides.
    ///   - audit: Where each call is written down; nil for none, as in tests.
    ///   - limits: Places and the largest reply.
    ///   - mechanism: What confines calls, for the audit log.
    ///   - warning: Said in every result; for a server that runs without protection.
    ///   - logger: Where causes of failures go.
    public init(
        registry: ToolRegistry,
        policy: PolicyEngine,
        audit: AuditLog?,
        limits: LimitSettings,
        mechanism: String,
        warning: String? = nil,
        logger: Logger
    ) {
        self.registry = registry
        self.policy = policy
        self.audit = audit
        self.mechanism = mechanism
        self.warning = warning
        self.logger = logger
        replyLimit = limits.replyBytes
        gate = AdmissionGate(
            places: [.exec: limits.exec, .files: limits.files, .web: limits.web],
            sessionShare: limits.sessionRunning
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
    /// - Returns: The answer of ``call(_:_:caller:)``; `refusal` is nil for a call that happened.
    public func callForStatus(
        _ name: String,
        _ arguments: JSONObject,
        caller: Caller
    ) async -> (result: ToolResult, refusal: ToolError.Code?) {
        let started = ContinuousClock.now
        let context = ToolContext(caller: caller, policy: policy)
        var event = AuditEvent(.call)
        event.session = caller.session
        event.subject = caller.subject.id
        event.request = caller.request
        event.tool = name
        event.mechanism = mechanism
        event.arguments = AuditArguments(JSONValue.object(arguments).encodedString())
        var result: ToolResult
        var refusedAs: ToolError.Code?
        do throws(ToolError) {
            try await audit?.ensureWritable()
            let output = try await perform(name, arguments, context)
            result = answer(output)
            event.exitCode = output.facts.exitCode
            event.signal = output.facts.signal
            event.stdoutBytes = output.facts.outputBytes
            event.stderrBytes = output.facts.errorBytes
            event.droppedBytes = output.facts.droppedBytes
            event.outcome = output.facts.outcome ?? "success"
        } catch {
            result = refusal(error)
            refusedAs = error.code
            event.outcome = error.code.rawValue
            event.detail = error.cause
            if let cause = error.cause {
                logger.info("call refused", metadata: ["tool": "\(name)", "cause": "\(cause)"])
            }
        }
        event.decision = context.verdict.decision
        event.rule = context.verdict.rule
        event.duration = started.duration(to: .now)
        do throws(ToolError) {
            try await audit?.record(event)
        } catch {
            logger.error("audit log can't be written", metadata: ["cause": "\(error.cause ?? "")"])
            result = refusal(error)
            refusedAs = error.code
        }
        return (result, refusedAs)
    }

    private func perform(_ name: String, _ arguments: JSONObject, _ context: ToolContext)
        async throws(ToolError)
        -> ToolOutput
    {
        guard let tool = registry[name] else {
            throw ToolError(.notFound, "There is no tool of this name; tools/list shows those there are.")
        }
        let kind: AdmissionGate.Kind =
            tool.effects.contains(.runsPrograms)
            ? .exec : tool.effects.contains(.reachesNetwork) ? .web : .files
        return try await gate.withPlace(kind, session: context.caller.session) { () async throws(ToolError) in
            try await tool.call(raw: arguments, in: context)
        }
    }

    private func answer(_ output: ToolOutput) -> ToolResult {
        var structured = output.structured
        if let warning { structured["warning"] = .string(warning) }
        let result = ToolResult.structured(.object(structured), more: output.more) { output.account }
        guard JSONValue.object(structured).encoded().count <= replyLimit else {
            return refusal(
                ToolError(
                    .limitExceeded,
                    """
                    The answer is larger than the limit of \(replyLimit) bytes. Ask for a part of it with 'offset' \
                    and 'limit'.
                    """,
                )
            )
        }
        return result
    }

    private func refusal(_ error: ToolError) -> ToolResult {
        var structured: JSONObject = ["success": false, "error": .string(error.message)]
        if let warning { structured["warning"] = .string(warning) }
        return ToolResult.structured(.object(structured), isError: true) { error.message }
    }
}
