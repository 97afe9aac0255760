// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// Serves one byte channel (stdio, or one `/sse` connection): feeds the state machine and does what it answers.
public actor ChannelServer {
    private let service: MCPService
    private let subject: Subject
    private let session: String
    private let send: @Sendable ([UInt8]) async -> Void
    private var state: ChannelState
    private var tasks: [RequestToken: Task<Void, Never>] = [:]
    private var isOver = false
    private var idleWaiters: [CheckedContinuation<Void, Never>] = []

    /// Makes a server for a channel.
    ///
    /// - Parameters:
    ///   - service: What answers requests.
    ///   - subject: Who is on the other side.
    ///   - session: A short name of the channel for limits and the audit log.
    ///   - limits: How much the channel may ask at once.
    ///   - send: Writes one message; the bytes hold no newline. It returns when the message is out or dropped.
    public init(
        service: MCPService,
        subject: Subject,
        session: String,
        limits: ChannelLimits = ChannelLimits(),
        send: @escaping @Sendable ([UInt8]) async -> Void
    ) {
        self.service = service
        self.subject = subject
        self.session = session
        self.send = send
        state = ChannelState(server: service.server, limits: limits)
    }

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

    private func carryOut(_ actions: [ChannelAction]) async {
        var messages: [JSONValue] = []
        for action in actions {
            switch action {
            case .send(let message, about: _):
                messages.append(message)
            case .start(let token, let admitted):
                // The task is known before anything else can happen, so a cancellation that comes next finds it.
                tasks[token] = Task { await self.perform(token, admitted) }
            case .cancel(let token):
                tasks[token]?.cancel()
            }
        }
        for message in messages { await send(message.encoded()) }
    }

    private func perform(_ token: RequestToken, _ admitted: AdmittedRequest) async {
        let caller = Caller(subject: subject, session: session, request: "\(admitted.id)")
        let outcome = await service.handle(admitted, from: caller)
        if isOver {
            _ = state.finished(token, outcome)
        } else {
            await carryOut(state.finished(token, outcome))
        }
        tasks[token] = nil
        guard tasks.isEmpty else { return }
        let waiters = idleWaiters
        idleWaiters = []
        for waiter in waiters { waiter.resume() }
    }
}
