// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// Serves one conversation (stdio, one `/sse` connection, one session of `/mcp`): feeds the state machine
/// and does what it answers.
public actor ChannelServer {
    /// Writes one message, whose bytes hold no newline; returns when the message is out or dropped.
    public typealias Send = @Sendable (_ message: [UInt8]) async -> Void

    /// What belongs to this conversation, such as its tasks.
    public nonisolated let conversation = ConversationID()
    let service: MCPService
    private var subject: Subject
    private let session: String
    private let send: Send
    /// Whether questions can go where messages go that belong to no request: on a byte channel they can.
    private let asksAnywhere: Bool
    private let transport: ServerMetrics.Transport
    private let answerTime: Duration
    var state: ChannelState
    private var tasks: [RequestToken: Task<Void, Never>] = [:]
    /// The ways back of requests that have one of their own.
    private var routes: [RequestToken: MessageRoute] = [:]
    private var asks = OpenAsks()
    /// The resources that the session watches.
    var subscribed: Set<String> = []
    var feed: ChangeFeed?
    /// Waits for a host that is not there yet when the client is ready.
    private var hostTask: Task<Void, Never>?
    private var rate = RateLimit()
    var changeRate = RateLimit()
    private(set) var isOver = false
    private var idleWaiters: [CheckedContinuation<Void, Never>] = []

    /// What the handler of a request says, in its order.
    private enum Said: Sendable {
        case event(RequestLink.Event)
        /// Everything before it is written.
        case mark(CheckedContinuation<Void, Never>)
    }

    /// Makes a server for a channel.
    ///
    /// - Parameters:
    ///   - service: What answers requests.
    ///   - subject: Who is on the other side.
    ///   - session: A short name of the channel for limits and the audit log.
    ///   - limits: How much the channel may ask at once.
    ///   - isByteChannel: Everything goes one way, as over stdio and `/sse`; false for a session whose requests have ways
    ///     of their own.
    ///   - answerTime: How long the client may take for an answer to a question; people answer it.
    ///   - transport: Under which name its messages are counted.
    ///   - send: Writes what has no way of its own.
    public init(
        service: MCPService,
        subject: Subject,
        session: String,
        limits: ChannelLimits = ChannelLimits(),
        isByteChannel: Bool = true,
        answerTime: Duration = .seconds(600),
        transport: ServerMetrics.Transport = .embedded,
        send: @escaping Send
    ) {
        self.service = service
        self.subject = subject
        self.session = session
        self.send = send
        asksAnywhere = isByteChannel
        self.transport = transport
        self.answerTime = answerTime
        state = ChannelState(server: service.server, limits: limits)
    }

    /// Takes the subject of a renewed token, whose scopes hold from here on.
    ///
    /// - Parameter renewed: The same subject; who it is, is for the transport to see to.
    /// - Returns: The scopes that the token would need as well, in a fixed order; then nothing has changed: what the
    ///   conversation may say and do is not for a token that is good for less. Empty where it was taken.
    public func adopt(_ renewed: Subject) -> [Scope] {
        guard let known = subject.scopes, let scopes = renewed.scopes else { return [] }
        let missing = known.subtracting(scopes)
        guard missing.isEmpty else { return Scope.allCases.filter(missing.contains) }
        subject = renewed
        return []
    }

    /// The revision that `initialize` agreed on, nil before it.
    public var revision: ProtocolRevision? { state.session?.revision }

    private var logLevel: LogLevel { state.session?.logLevel ?? .info }

    /// Whether nothing is in flight and no task runs, so that the conversation may expire.
    public var isIdle: Bool { tasks.isEmpty && !service.hasWork(conversation) }

    /// Takes one message as it came.
    ///
    /// - Parameter text: One line or body in UTF-8.
    public func received(_ text: [UInt8]) async {
        state.server = service.server
        await carryOut(state.received(text: text))
    }

    /// Takes one message that was parsed already.
    public func received(_ value: JSONValue) async {
        state.server = service.server
        await carryOut(state.received(value))
    }

    /// Takes one message whose answers go back on a way of their own, as over HTTP.
    ///
    /// It returns when everything that the message started has ended. Cancelling the task changes nothing:
    /// what a session runs does not end with a connection.
    ///
    /// - Parameters:
    ///   - value: A message or a batch.
    ///   - route: The way of what is said about it.
    public func exchange(_ value: JSONValue, over route: MessageRoute) async {
        state.server = service.server
        let actions = state.received(value)
        let started = actions.compactMap { action -> RequestToken? in
            if case .start(let token, _) = action { token } else { nil }
        }
        await carryOut(actions, route)
        for token in started { await tasks[token]?.value }
    }

    /// Takes the news that a message was too long and was dropped.
    public func receivedOverlongMessage() async {
        service.metrics.requestRefused(.size)
        await carryOut(state.receivedOverlongMessage())
    }

    /// Takes the news that nothing more comes: what was read may still end, then the rest is given up.
    ///
    /// - Parameter grace: How long requests in flight may go on.
    public func inputEnded(grace: Duration) async {
        state.inputEnded()
        // Nobody will answer any more.
        for ask in asks.tokens { asks.resolve(ask, .failure(.cancelled)) }
        if !tasks.isEmpty, grace > .zero {
            let timeout = Task {
                // A cancelled sleep means that everything ended in time.
                guard (try? await Task.sleep(for: grace)) != nil else { return }
                await self.cancelAll()
            }
            await idle()
            timeout.cancel()
        }
        await cancelAll()
        await idle()
    }

    /// Gives up everything in flight, and waits until its processes are gone; what belongs to the conversation ends.
    public func cancelAll() async {
        isOver = true
        _ = state.cancelAll()
        for task in tasks.values { task.cancel() }
        for ask in asks.tokens { asks.resolve(ask, .failure(.cancelled)) }
        hostTask?.cancel()
        feed?.close()
        feed = nil
        service.conversationEnded(conversation)
        let watched = subscribed
        subscribed = []
        for uri in watched { await service.unwatch(uri, for: caller()) }
        await idle()
    }

    private func idle() async {
        guard !tasks.isEmpty else { return }
        await withCheckedContinuation { idleWaiters.append($0) }
    }

    func carryOut(_ actions: [ChannelAction], _ route: MessageRoute? = nil) async {
        var messages: [(JSONValue, Send)] = []
        var cancelledRoute: MessageRoute?
        for action in actions {
            switch action {
            case .send(let message, about: let token):
                // A batch whose last request is cancelled is answered on its own way, not on that of the
                // cancellation.
                let way = token.map { routes[$0] } ?? cancelledRoute ?? route
                service.metrics.messageSent(
                    message,
                    over: transport,
                    era: state.session == nil ? .modern : .legacy
                )
                messages.append((message, way?.send ?? send))
            case .start(let token, let admitted):
                routes[token] = route
                // The task is known before anything else can happen, so a cancellation that comes next
                // finds it.
                tasks[token] = Task { await self.perform(token, admitted) }
            case .cancel(let token):
                cancelledRoute = routes[token]
                tasks[token]?.cancel()
            case .answered(let ask, let answer):
                asks.resolve(ask, answer.mapError { .refused($0.message) })
            }
        }
        for (message, send) in messages { await send(message.encoded()) }
        guard state.session?.isReady == true, feed == nil, hostTask == nil, !isOver else { return }
        if let catalogue = service.readyCatalogue { return follow(catalogue) }
        // The client is not kept waiting for a host that takes its time.
        hostTask = Task { [weak self, service] in
            guard let catalogue = await service.catalogue else { return }
            await self?.follow(catalogue)
        }
    }

    /// Who calls in this conversation.
    func caller(of admitted: AdmittedRequest? = nil) -> Caller {
        Caller(subject: subject, session: session, request: admitted?.id.text, conversation: conversation)
    }

    // MARK: Requests

    private func perform(_ token: RequestToken, _ admitted: AdmittedRequest) async {
        let caller = caller(of: admitted)
        // So that nothing is missed which changes after the answer.
        if hostTask != nil, feed == nil, let catalogue = await service.catalogue { follow(catalogue) }
        let outcome: RequestOutcome
        switch admitted.request {
        case .subscribeResource(let uri): outcome = await subscribe(uri, admitted, caller)
        case .unsubscribeResource(let uri): outcome = await unsubscribe(uri)
        case .callTool, .getPrompt, .readResource, .listen, .taskResult:
            outcome = await performTalking(token, admitted, caller)
        default: outcome = await service.handle(admitted, from: caller)
        }
        await end(token, admitted, outcome, caller)
        tasks[token] = nil
        routes[token] = nil
        guard tasks.isEmpty else { return }
        let waiters = idleWaiters
        idleWaiters = []
        for waiter in waiters { waiter.resume() }
    }

    /// Answers a request that has come to its end.
    private func end(
        _ token: RequestToken,
        _ admitted: AdmittedRequest,
        _ outcome: RequestOutcome,
        _ caller: Caller
    ) async {
        let actions = state.finished(token, outcome)
        guard case .result(.task(let task, .handle)) = outcome else {
            if !isOver { await carryOut(actions) }
            return
        }
        // The client gave up the call when it had become a task already.
        guard !isOver, !actions.isEmpty else { return await service.lost(outcome, from: caller) }
        let isFollowed = admitted.context.era == .legacy && feed?.follow(task: task.id) == true
        await carryOut(actions)
        // What happened to it before it was followed.
        guard isFollowed, let now = service.task(task.id, for: caller) else { return }
        if now.outcome != nil || now.isAsking { await tell(.task(id: task.id)) }
    }

    /// Serves a request whose handler may say something before its end.
    private func performTalking(_ token: RequestToken, _ admitted: AdmittedRequest, _ caller: Caller) async
        -> RequestOutcome
    {
        let (events, sink) = AsyncStream<Said>.makeStream(bufferingPolicy: .bufferingOldest(256))
        let isLegacy = admitted.context.era == .legacy
        let asksOnRoute = isLegacy && (routes[token].map { !$0.isAnswerOnly } ?? asksAnywhere)
        let asking: RequestLink.Ask = { question, task in
            // What was said before a question comes before it.
            await withCheckedContinuation { continuation in
                guard case .enqueued = sink.yield(.mark(continuation)) else { return continuation.resume() }
            }
            return await self.ask(question, about: token, task)
        }
        let askingAnywhere: RequestLink.Ask = { question, task in await self.ask(question, about: nil, task) }
        let writing: @Sendable (JSONValue) async -> Void = { await self.write($0, about: nil) }
        let level: @Sendable () async -> LogLevel = { await self.logLevel }
        let link = RequestLink(
            tell: { sink.yield(.event($0)) },
            write: { await self.write($0, about: token) },
            writeUnrelated: isLegacy ? writing : nil,
            ask: asksOnRoute ? asking : nil,
            askUnrelated: isLegacy && asksAnywhere ? askingAnywhere : nil,
            logLevel: isLegacy ? level : nil
        )
        // Started before the work, so that what is said is written while the work goes on.
        let pump = Task {
            for await said in events {
                switch said {
                case .event(let event): await self.deliver(event, about: token)
                case .mark(let continuation): continuation.resume()
                }
            }
        }
        let outcome = await service.handle(admitted, from: caller, over: link)
        sink.finish()
        await pump.value
        return outcome
    }

    private func deliver(_ event: RequestLink.Event, about token: RequestToken) async {
        guard !isOver else { return }
        switch event {
        case .progress(let update):
            guard rate.admits(.now) else { return service.metrics.notificationDropped(.rate) }
            await carryOut(state.progress(update, about: token))
        case .log(let entry):
            guard rate.admits(.now) else { return service.metrics.notificationDropped(.rate) }
            await carryOut(state.log(entry, about: token))
        case .breakStream:
            await routes[token]?.breakConnection?()
        }
    }

    private func write(_ notification: JSONValue, about token: RequestToken?) async {
        guard !isOver else { return }
        await carryOut(state.notify(notification, about: token))
    }

    // MARK: Questions

    private func ask(_ question: InputQuestion, about token: RequestToken?, _ relatedTask: String?) async
        -> Result<JSONValue, RequestLink.AskFailure>
    {
        guard !isOver else { return .failure(.cancelled) }
        guard let (ask, actions) = state.ask(question.request, about: token, relatedTask: relatedTask) else {
            return .failure(Task.isCancelled ? .cancelled : .unsupported)
        }
        // Known before it is written, since the answer may come before the write returns.
        asks.open(ask)
        await carryOut(actions)
        let timeout = Task { [answerTime] in
            // A cancelled sleep means that the answer is there.
            guard (try? await Task.sleep(for: answerTime)) != nil else { return }
            await self.withdraw(ask, .timedOut)
        }
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in asks.wait(for: ask, continuation) }
        } onCancel: {
            Task { await self.withdraw(ask, .cancelled) }
        }
        timeout.cancel()
        if answer == .failure(.cancelled), !isOver { await carryOut(state.withdraw(ask)) }
        return answer
    }

    private func withdraw(_ ask: AskToken, _ failure: RequestLink.AskFailure) async {
        guard asks.isOpen(ask) else { return }
        let actions = state.withdraw(ask)
        asks.resolve(ask, .failure(failure))
        guard !isOver else { return }
        await carryOut(actions)
    }
}
