// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

/// One request that is served: who sent it, how it wants to be served, and the way to its client.
struct ServiceExchange: Sendable {
    let host: ToolHost
    let parts: ServiceParts
    let caller: Caller
    let id: RequestID
    let context: RequestContext
    let link: RequestLink

    /// How many rounds of questions were answered, with the answers.
    struct Resumption: Sendable {
        var rounds = CallRounds()
        var count = 0
    }

    var isModern: Bool { context.era == .modern }

    /// Reads what a client brings back with its answers.
    ///
    /// Answers without the sealed state are taken for what a handler asks, but never for an approval: nobody can agree
    /// to what was not asked.
    ///
    /// - Throws: `-32602` for a state that is not what was sent, and for answers that are no object.
    func resumption(_ resume: InputResume, _ binding: StateSeal.Binding) throws(JSONRPCError) -> Resumption {
        guard isModern else { return Resumption() }
        var responses = JSONObject()
        if let given = resume.responses {
            guard let object = given.objectValue else {
                throw .invalidParams("the member 'inputResponses' must be an object, not \(given.kindName)")
            }
            responses = object
        }
        guard let state = resume.state else {
            var resumption = Resumption()
            for (key, answer) in responses {
                resumption.rounds.answers[key] = CallRounds.Given(answer: answer, isVolunteered: true)
            }
            return resumption
        }
        guard let text = state.stringValue else {
            throw .invalidParams("the member 'requestState' must be a string, not \(state.kindName)")
        }
        let content = try parts.seal.open(text, for: binding)
        var resumption = Resumption(rounds: content.rounds, count: content.count)
        for key in content.asked {
            guard let answer = responses[key] else { continue }
            resumption.rounds.answers[key] = CallRounds.Given(answer: answer, seal: content.nonce)
        }
        return resumption
    }

    /// The result that asks the client before the request can go on.
    ///
    /// - Returns: It; or the error that names what the client would have to be capable of.
    func ask(_ required: InputRequired, _ resumption: Resumption, _ binding: StateSeal.Binding)
        -> RequestOutcome
    {
        let usable = required.requests.filter { question in
            question.request.isSupported(by: context.clientCapabilities, in: context.revision)
        }
        guard !usable.isEmpty || required.requests.isEmpty else {
            return .failure(.missingClientCapability(required.neededCapabilities))
        }
        guard resumption.count < CallRounds.limit else {
            let error = CallRounds.tooMany
            guard binding.method == MethodName.callTool.rawValue else {
                return .failure(Self.protocolError(error))
            }
            return .result(.toolCall(host.refusal(error)))
        }
        var content = StateSeal.Content(
            nonce: StateSeal.nonce(),
            asked: usable.map(\.key),
            rounds: resumption.rounds,
            count: resumption.count + 1
        )
        content.rounds.state = required.state
        guard let state = parts.seal.seal(content, for: binding) else {
            return .failure(JSONRPCError(.internalError, "the answers so far are too large to go on with"))
        }
        return .result(.inputRequired(usable, requestState: state))
    }

    /// Who a sealed state belongs to.
    var principal: String { caller.subject.isAuthenticated ? "s:" + caller.subject.id : "anonymous" }

    /// Serves a prompt or a resource in the way of the era: round by round, or asking while the request is open.
    func serve<Value: Sendable>(
        _ resume: InputResume,
        _ binding: StateSeal.Binding,
        _ handler: HandlerName,
        _ work: @escaping @Sendable (CallContext) async throws(ToolError) -> Value,
        result: (Value) throws(JSONRPCError) -> MCPResult
    ) async throws(JSONRPCError) -> RequestOutcome {
        let resumption = try resumption(resume, binding)
        let pass: @Sendable (CallRounds) async -> CallAnswer<Value> = { rounds in
            let context = host.context(caller, context, link, rounds)
            switch await host.perform(
                handler,
                context,
                { () async throws(ToolError) in try await work(context) }
            ) {
            case .success(let value): return .complete(value)
            case .failure(let error):
                if let questions = error.questions { return .inputRequired(questions) }
                return .failure(error.protocolError ?? Self.protocolError(error))
            }
        }
        if isModern {
            switch await pass(resumption.rounds) {
            case .complete(let value): return .result(try result(value))
            case .failure(let error): return .failure(error)
            case .inputRequired(let required): return ask(required, resumption, binding)
            }
        }
        do throws(ToolError) {
            switch try await RoundTrips.run(asking: link.ask, pass) {
            case .success(let value):
                return .result(try Self.rethrow { () throws(JSONRPCError) in try result(value) })
            case .failure(let error): return .failure(error)
            }
        } catch {
            return .failure(error.protocolError ?? Self.protocolError(error))
        }
    }

    private static func rethrow<Value>(_ body: () throws(JSONRPCError) -> Value) throws(ToolError) -> Value {
        do throws(JSONRPCError) {
            return try body()
        } catch {
            throw ToolError(error)
        }
    }

    /// A refusal as an error of the protocol, for what has no result that could be marked as one.
    static func protocolError(_ error: ToolError) -> JSONRPCError {
        switch error.code {
        case .invalidArgument, .notFound, .denied: JSONRPCError(.invalidParams, error.message)
        default: JSONRPCError(.internalError, error.message)
        }
    }
}

extension InputRequired {
    /// The capabilities that a client would need, as one object.
    var neededCapabilities: JSONObject {
        var needed = JSONObject()
        for question in requests {
            for (key, value) in question.request.requiredCapability {
                guard case .object(var known)? = needed[key], case .object(let more) = value else {
                    needed[key] = value
                    continue
                }
                for (name, detail) in more { known[name] = detail }
                needed[key] = .object(known)
            }
        }
        return needed
    }
}
