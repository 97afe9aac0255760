// SPDX-License-Identifier: Apache-2.0

/// A channel that a fuzzer drives, with a server behind it that asks, notifies and ends by turns.
struct FuzzedChannel {
    static let tool = ToolDescriptor(name: "t", summary: "", inputSchema: ["type": "object"])
    static let template = ResourceTemplate(uriTemplate: "t://{a}/{b}-{c}", name: "t")
    static let server = ServerDescription(
        name: "fuzz",
        version: "0",
        capabilities: ServerCapabilities(
            tools: .init(announcesChanges: true),
            resources: .init(announcesChanges: true, canSubscribe: true),
            prompts: .init(announcesChanges: true),
            hasCompletions: true,
            hasLogging: true,
            tasks: true
        ),
        toolNames: ["t"],
        promptNames: ["p"]
    )
    static let questions: [InputRequest] = [
        .elicitation(
            .form(
                message: "m",
                ElicitationForm([
                    ElicitationField(
                        "x",
                        .text(minLength: 1, maxLength: 8, format: .email),
                        isRequired: true
                    ),
                    ElicitationField("u", .text(format: .uri)), ElicitationField("d", .text(format: .date)),
                    ElicitationField("s", .text(format: .dateTime)),
                    ElicitationField("i", .integer(range: -5...5)),
                    ElicitationField("n", .number(range: 0...1)), ElicitationField("b", .boolean()),
                    ElicitationField("c", .choice(["a", "b"])), ElicitationField("m", .choices(["a", "b"])),
                ])
            )
        ),
        .elicitation(.form(message: "m", ElicitationForm([ElicitationField("x", .boolean())]))),
        .elicitation(.url(message: "m", url: "https://example.com")),
        .sampling(SamplingRequest(messages: [.user("q")], maxTokens: 1)),
        .roots,
    ]
    private static let openAsks = 3

    private var channel = ChannelState(
        server: server,
        limits: ChannelLimits(
            requestsInFlight: 4,
            batchMessages: 8,
            messageBytes: 4_096,
            openAsks: openAsks
        )
    )
    private var started: [RequestToken] = []
    private var asked: [AskToken: RequestToken?] = [:]
    private var cancelled: Set<RequestToken> = []
    private var turn = 0

    mutating func receive(_ line: [UInt8]) -> Bool {
        let holds = take(channel.received(text: line))
        return act() && holds
    }

    mutating func receiveOverlong() -> Bool {
        take(channel.receivedOverlongMessage())
    }

    /// Ends everything, in one of two ways.
    mutating func end() -> Bool {
        var holds = true
        if turn.isMultiple(of: 2) {
            for token in channel.listening { holds = holds && take(channel.finishedListening(token)) }
            holds = holds && take(channel.inputEnded()) && asked.isEmpty
        }
        holds = holds && take(channel.cancelAll())
        asked.removeAll()
        for token in started { holds = holds && channel.finished(token, .result(.empty)).isEmpty }
        return holds && channel.isIdle
    }

    /// What the server does after each line.
    private mutating func act() -> Bool {
        turn += 1
        var holds = true
        if let token = started.last {
            holds = holds && ask(about: turn.isMultiple(of: 3) ? nil : token)
            holds = holds && take(channel.progress(ProgressUpdate(Double(turn), of: 2), about: token))
            holds = holds && take(channel.log(LogEntry(.error, data: 1), about: token, relatedTask: "k"))
        }
        if turn.isMultiple(of: 4), let ask = asked.keys.min(by: { $0.number < $1.number }) {
            asked[ask] = nil
            holds = holds && take(channel.withdraw(ask)) && channel.withdraw(ask).isEmpty
        }
        for list in ListKind.allCases { holds = holds && take(channel.listChanged(list)) }
        holds = holds && take(channel.resourceUpdated(uri: "t://a")) && take(channel.taskChanged(task))
        guard started.count > 2 else { return holds }
        return end(started.removeFirst()) && holds
    }

    private var task: TaskSnapshot {
        var task = TaskSnapshot(id: "k", createdAt: "", lastUpdatedAt: "", ttl: 1, pollInterval: 1)
        switch turn % 5 {
        case 0: task.outcome = .result(ToolResult(content: [.text("x")], isError: turn.isMultiple(of: 2)))
        case 1: task.outcome = .failure(JSONRPCError(.internalError, "x"))
        case 2: task.outcome = .cancelled
        case 3: task.questions = Self.questions.map { InputQuestion(key: $0.method, request: $0) }
        default: break
        }
        return task
    }

    private mutating func ask(about token: RequestToken?) -> Bool {
        let question = Self.questions[turn % Self.questions.count]
        guard let (ask, actions) = channel.ask(question, about: token, relatedTask: "k") else { return true }
        guard asked[ask] == nil, token.map({ !cancelled.contains($0) }) ?? true else { return false }
        asked[ask] = .some(token)
        return take(actions) && asked.count <= Self.openAsks
    }

    private mutating func closeAsks(about token: RequestToken) {
        asked = asked.filter { $0.value != token }
    }

    private mutating func end(_ token: RequestToken) -> Bool {
        let outcome: RequestOutcome =
            switch turn % 6 {
            case 0: .failure(.unknownTask)
            case 1: .result(.task(task, .handle))
            case 2: .result(.task(task, .result))
            case 3: .result(.inputRequired([InputQuestion(key: "k", request: .roots)], requestState: "s"))
            case 4: .result(.tasks([task]))
            default: .result(.tools([Self.tool], caching: .never))
            }
        closeAsks(about: token)
        if channel.listening.contains(token) {
            return take(channel.finishedListening(token)) && channel.finished(token, outcome).isEmpty
        }
        return take(channel.finished(token, outcome))
    }

    private mutating func take(_ actions: [ChannelAction]) -> Bool {
        for action in actions {
            switch action {
            case .start(let token, _):
                started.append(token)
            case .send(let message, let token):
                let text = message.encoded()
                guard !text.contains(0x0A), ProtocolFuzzing.survivesRoundTrip(text) else { return false }
                guard token.map({ !cancelled.contains($0) }) ?? true else { return false }
            case .cancel(let token):
                cancelled.insert(token)
                closeAsks(about: token)
            case .answered(let ask, _):
                // An answer to a question that was answered, withdrawn or never asked would break this.
                guard asked.removeValue(forKey: ask) != nil else { return false }
            }
        }
        return true
    }
}
