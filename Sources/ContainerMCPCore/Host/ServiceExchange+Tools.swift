// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

extension ServiceExchange {
    /// The name of the extension by which 2026-07-28 clients say that they can follow tasks.
    private static let tasksExtension = "io.modelcontextprotocol/tasks"

    /// Calls a tool: within the request, or as a task.
    func call(_ call: ToolCall) async -> RequestOutcome {
        let arrived = ContinuousClock.now
        guard let tool = host.registry[call.name] else { return .failure(.unknownTool(call.name)) }
        let support = parts.options.tasks == nil ? .never : tool.taskSupport
        if isModern {
            let isDeclared = context.clientCapabilities.declares(extension: Self.tasksExtension)
            guard isDeclared || !tool.taskSupport.isRequired else { return .failure(.needsTasksExtension) }
            return await callModern(call, tool, isDeclared ? support : .never, arrived)
        }
        if let wish = call.taskWish {
            guard let leave = support.leave else {
                return .failure(.wrongTaskSupport(call.name, isRequired: false))
            }
            return await callAsCoreTask(call, tool, leave, wish, arrived)
        }
        guard !tool.taskSupport.isRequired else {
            return .failure(.wrongTaskSupport(call.name, isRequired: true))
        }
        do throws(ToolError) {
            let ended = try await RoundTrips.run(asking: link.ask) { rounds in
                await self.pass(call, rounds, link, background: nil, ticket: nil)
            }
            switch ended {
            case .success(let result): return .result(.toolCall(result))
            case .failure(let error): return .failure(error)
            }
        } catch {
            return .result(.toolCall(host.refusal(error)))
        }
    }

    private func pass(
        _ call: ToolCall,
        _ rounds: CallRounds,
        _ link: RequestLink,
        background: BackgroundCall?,
        ticket: AdmissionGate.Ticket?
    ) async -> CallAnswer<ToolResult> {
        let context = host.context(caller, context, link, rounds, background)
        switch await host.pass(call.name, call.arguments, context, ticket: ticket) {
        case .complete(let pass): return .complete(pass.result)
        case .inputRequired(let required): return .inputRequired(required)
        case .failure(let error): return .failure(error)
        }
    }

    /// Whether the permissions that a call needs have to be asked for first.
    private func questionsBefore(_ call: ToolCall, _ rounds: CallRounds) -> InputRequired? {
        let context = host.context(caller, context, link, rounds)
        let error = host.preflight(call.name, call.arguments, context)
        // The call itself uses them up.
        context.settle(wasInterrupted: true)
        return error?.questions
    }

    // MARK: 2026-07-28

    private func callModern(
        _ call: ToolCall,
        _ tool: any Tool,
        _ support: TaskSupport,
        _ arrived: ContinuousClock.Instant
    ) async -> RequestOutcome {
        // Made only where it is needed.
        let binding = { [principal] in
            StateSeal.Binding(
                principal: principal,
                method: .callTool,
                target: call.name,
                arguments: call.arguments
            )
        }
        // Most calls neither ask nor can leave, and need no digest of their arguments.
        guard support.leave != nil || call.resume != .none else {
            let answer = await pass(call, CallRounds(), link, background: nil, ticket: nil)
            return outcome(answer, Resumption(), binding)
        }
        let resumption: Resumption
        do throws(JSONRPCError) {
            resumption = try self.resumption(call.resume, binding())
        } catch {
            return .failure(error)
        }
        guard support.leave != nil, let leave = tool.leave(for: call.arguments) else {
            let answer = await pass(call, resumption.rounds, link, background: nil, ticket: nil)
            return outcome(answer, resumption, binding)
        }
        // What has to be asked before the work is asked by the call; the task then has nothing to ask.
        if let questions = questionsBefore(call, resumption.rounds) {
            return ask(questions, resumption, binding())
        }
        let prospect = await prospect(call, tool, departure(leave), nil, support.isRequired, nil, arrived)
        switch await prospect.ending(rounds: resumption.rounds) {
        case .answered(let answer): return outcome(answer, resumption, binding)
        case .adopted(let handle): return await handed(handle)
        case .refused(let error): return .failure(error)
        }
    }

    /// The answer that hands a task to the client; a task that nobody would hear of is cancelled.
    private func handed(_ handle: JobHandle) async -> RequestOutcome {
        if Task.isCancelled { await handle.cancel() }
        return .result(.task(handle.opening, .handle))
    }

    private func outcome(
        _ answer: CallAnswer<ToolResult>,
        _ resumption: Resumption,
        _ binding: () -> StateSeal.Binding
    ) -> RequestOutcome {
        switch answer {
        case .complete(let result): .result(.toolCall(result))
        case .failure(let error): .failure(error)
        case .inputRequired(let required): ask(required, resumption, binding())
        }
    }

    private func departure(_ leave: TaskSupport.Leave) -> ProspectiveCall.Departure {
        switch leave {
        case .atOnce: .atOnce
        case .after(let grace): .after(grace)
        case .onDetach: .onDetach
        }
    }

    /// A call that can become a task; `talk` carries what the task says (MCP 2025-11-25).
    private func prospect(
        _ call: ToolCall,
        _ tool: any Tool,
        _ departure: ProspectiveCall.Departure,
        _ talk: TaskTalk?,
        _ isTaskOnly: Bool,
        _ wish: TaskWish?,
        _ arrived: ContinuousClock.Instant
    ) async -> ProspectiveCall {
        let place = BackgroundPlace(host.gate.ticket(), at: host.gate)
        let order = JobOrder(
            tool: call.name,
            wallLimit: wallLimit(call, tool),
            wishedLifetime: wish?.ttl,
            capabilities: context.clientCapabilities,
            revision: context.revision
        )
        let (host, parts, owner) = (host, parts, JobOwner(caller))
        return ProspectiveCall(leaving: departure, isJobOnly: isTaskOnly, arrived: arrived) {
            () async throws(JSONRPCError) -> JobHandle in
            guard place.leave() else { throw JobError.tooMany }
            do throws(JSONRPCError) {
                let handle = try await parts.jobs.create(order, for: owner)
                talk?.begin(handle.id, parts, owner)
                place.settle()
                return handle
            } catch {
                place.comeBack()
                throw error
            }
        } refusal: { error in
            host.refusal(error)
        } pass: { rounds, prospect in
            place.enter(isJob: prospect.job != nil)
            let background = BackgroundCall(canAsk: prospect.job != nil || self.link.ask != nil) {
                await prospect.detach()
            }
            let link = talk?.link ?? self.link
            let answer = await self.pass(call, rounds, link, background: background, ticket: place.ticket)
            place.end()
            await talk?.settle()
            return answer
        }
    }

    /// How long the work of a call may run.
    private func wallLimit(_ call: ToolCall, _ tool: any Tool) -> Duration {
        let preset = tool.inputSchema["properties"]?["timeout"]?["default"]
        guard let seconds = (call.arguments["timeout"] ?? preset)?.doubleValue, seconds > 0 else {
            return parts.options.taskTimeout
        }
        return min(.seconds(min(seconds, 1e6)), parts.options.taskTimeout)
    }

    // MARK: 2025-11-25

    /// Calls a tool as a task because the client wants it.
    private func callAsCoreTask(
        _ call: ToolCall,
        _ tool: any Tool,
        _ leave: TaskSupport.Leave,
        _ wish: TaskWish,
        _ arrived: ContinuousClock.Instant
    ) async -> RequestOutcome {
        let talk = TaskTalk(context, link)
        do throws(ToolError) {
            // What is asked before the task is asked on the stream of the call.
            let before = try await RoundTrips.run(asking: link.ask) { rounds -> CallAnswer<CallRounds> in
                questionsBefore(call, rounds).map { .inputRequired($0) } ?? .complete(rounds)
            }
            var rounds = (try? before.get()) ?? CallRounds()
            let departure: ProspectiveCall.Departure = leave == .onDetach ? .onDetach : .atOnce
            var asked = 0
            while true {
                let prospect = await prospect(call, tool, departure, talk, true, wish, arrived)
                switch await prospect.ending(rounds: rounds) {
                case .adopted(let handle): return await handed(handle)
                case .refused(let error): return .failure(error)
                case .answered(.complete(let result)): return await ended(.result(result), call, tool, wish)
                case .answered(.failure(let error)): return await ended(.failure(error), call, tool, wish)
                case .answered(.inputRequired(let required)):
                    guard asked < CallRounds.limit else { throw CallRounds.tooMany }
                    let round = rounds
                    let answered = try await RoundTrips.run(asking: link.ask, from: round) {
                        next -> CallAnswer<CallRounds> in
                        let missing = required.requests.contains { question in
                            next.answers[question.key] == nil && next.failures[question.key] == nil
                        }
                        return missing ? .inputRequired(required) : .complete(next)
                    }
                    rounds = (try? answered.get()) ?? rounds
                    rounds.state = required.state
                    asked += 1
                }
            }
        } catch {
            let refusal = host.refusal(error)
            // Nobody would hear of a task.
            guard !Task.isCancelled else { return .result(.toolCall(refusal)) }
            return await ended(.result(refusal), call, tool, wish)
        }
    }

    /// A task for a call that ended before it could become one: the client waits for a handle.
    private func ended(_ outcome: JobOutcome, _ call: ToolCall, _ tool: any Tool, _ wish: TaskWish) async
        -> RequestOutcome
    {
        let order = JobOrder(
            tool: call.name,
            wallLimit: wallLimit(call, tool),
            wishedLifetime: wish.ttl,
            capabilities: context.clientCapabilities,
            revision: context.revision
        )
        do throws(JSONRPCError) {
            let handle = try await parts.jobs.create(order, for: JobOwner(caller))
            await handle.finish(outcome)
            return .result(.task(handle.opening, .handle))
        } catch {
            return .failure(error)
        }
    }
}
