// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// Serves one conversation (stdio, one `/sse` connection, one session of `/mcp`): feeds the state machine
/// and does what it answers.
public actor ChannelServer {
    /// Writes one message, whose bytes hold no newline; returns when the message is out or dropped.
    public typealias Send = @Sendable (_ message: [UInt8]) async -> Void

    private let service: MCPService
    private let subject: Subject
    private let session: String
    private let send: Send
    private var state: ChannelState
    private var tasks: [RequestToken: Task<Void, Never>] = [:]
    /// The ways back of requests that have one of their own.
    private var routes: [RequestToken: Send] = [:]
    private var isOver = false
    private var idleWaiters: [CheckedContinuation<Void, Never>] = []

    /// Makes a server for a channel.
    ///
    /// - Parameters:
    ///   - service: What answers requests.
    ///   - subject: Who is on the other side.
    ///   - session: A short name of the channel for limits and the audit log.
    ///   - limits: How much the channel may ask at once.
    ///   - send: Writes what has no way of its own.
    public init(
        service: MCPService,
        subject: Subject,
        session: String,
        limits: ChannelLimits = ChannelLimits(),
        send: @escaping Send
    ) {
        self.service = service
        self.subject = subject
        self.session = session
        self.send = send
        state = ChannelState(server: service.server, limits: limits)
    }

    /// The revision that `initialize` agreed on, nil before it.
    public var revision: ProtocolRevision? { state.session?.revision }

    /// Takes one message as it came.
    ///
    /// - Parameter text: One line or body in UTF-8.
    public func received(_ text: [UInt8]) async {
        await carryOut(state.received(text: text))
    }

    /// Takes one message that was parsed already.
    public func received(_ value: JSONValue) async {
        await carryOut(state.received(value))
    }

    /// Takes one message whose answers go back on a way of their own, as over HTTP.
    ///
    /// It returns when everything that the message started has ended. Cancelling the task changes nothing:
    /// what a session runs does not end with a connection.
    ///
    /// - Parameters:
    ///   - value: A message or a batch.
    ///   - reply: Writes what is said about it.
    public func exchange(_ value: JSONValue, reply: @escaping Send) async {
        let actions = state.received(value)
        let started = actions.compactMap { action -> RequestToken? in
            if case .start(let token, _) = action { token } else { nil }
        }
        await carryOut(actions, reply)
        for token in started { await tasks[token]?.value }
    }

    /// Takes the news that a message was too long and was dropped.
    public func receivedOverlongMessage() async {
        await carryOut(state.receivedOverlongMessage())
    }

    /// Takes the news that nothing more comes: what was read may still end, then the rest is given up.
    ///
    /// - Parameter grace: How long requests in flight may go on.
    public func inputEnded(grace: Duration) async {
        state.inputEnded()
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

    /// Gives up everything in flight, and waits until its processes are gone.
    public func cancelAll() async {
        isOver = true
        _ = state.cancelAll()
        for task in tasks.values { task.cancel() }
        await idle()
    }

    private func idle() async {
        guard !tasks.isEmpty else { return }
        await withCheckedContinuation { idleWaiters.append($0) }
    }

    private func carryOut(_ actions: [ChannelAction], _ reply: Send? = nil) async {
        var messages: [(JSONValue, Send)] = []
        var cancelledRoute: Send?
        for action in actions {
            switch action {
            case .send(let message, about: let token):
                // A batch whose last request is cancelled is answered on its own way, not on that of the
                // cancellation.
                let route = token.map { routes[$0] } ?? cancelledRoute ?? reply
                messages.append((message, route ?? send))
            case .start(let token, let admitted):
                routes[token] = reply
                // The task is known before anything else can happen, so a cancellation that comes next
                // finds it.
                tasks[token] = Task { await self.perform(token, admitted) }
            case .cancel(let token):
                cancelledRoute = routes[token]
                tasks[token]?.cancel()
            }
        }
        for (message, send) in messages { await send(message.encoded()) }
    }

    private func perform(_ token: RequestToken, _ admitted: AdmittedRequest) async {
        let caller = Caller(subject: subject, session: session, request: admitted.id.text)
        let outcome = await service.handle(admitted, from: caller)
        if isOver {
            _ = state.finished(token, outcome)
        } else {
            await carryOut(state.finished(token, outcome))
        }
        tasks[token] = nil
        routes[token] = nil
        guard tasks.isEmpty else { return }
        let waiters = idleWaiters
        idleWaiters = []
        for waiter in waiters { waiter.resume() }
    }
}
