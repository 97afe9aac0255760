// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import Synchronization

/// What a task of MCP 2025-11-25 says while it runs: to whoever waits for its result, else to the session.
final class TaskTalk: Sendable {
    private struct State {
        var notifications: RequestNotifications
        var isTask = false
        var listeners: [(number: UInt64, link: RequestLink)] = []
        var lastNumber: UInt64 = 0
        /// The questions that are put to the client, or were answered.
        var claimed: Set<String> = []
    }

    private enum Item: Sendable {
        case event(RequestLink.Event)
        case notification(JSONValue)
        /// Everything before it has been said.
        case mark(Wake)
    }

    /// Someone who is woken once, by whoever comes first.
    private final class Wake: Sendable {
        private let continuation: Mutex<CheckedContinuation<Void, Never>?>

        init(_ continuation: CheckedContinuation<Void, Never>) {
            self.continuation = Mutex(continuation)
        }

        func callAsFunction() {
            continuation.withLock { $0.take() }?.resume()
        }
    }

    /// How long the end of a task waits for a client that does not read what the task said.
    private static let patience = Duration.seconds(1)

    private let fallback: RequestLink
    private let sink: AsyncStream<Item>.Continuation
    private let items: AsyncStream<Item>
    private let state: Mutex<State>

    /// - Parameters:
    ///   - context: How the call that made the task wants to be served.
    ///   - link: The way of that call.
    init(_ context: RequestContext, _ link: RequestLink) {
        fallback = link
        (items, sink) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(256))
        state = Mutex(State(notifications: RequestNotifications(context)))
    }

    /// The link for the work: that of the call until there is a task.
    var link: RequestLink {
        RequestLink(tell: { self.tell($0) }, write: { await self.write($0) })
    }

    private func write(_ notification: JSONValue) async {
        guard state.withLock(\.isTask) else { return await fallback.write(notification) }
        sink.yield(.notification(notification))
    }

    private func tell(_ event: RequestLink.Event) {
        let isTask = state.withLock { state in
            // Progress that the call told must not be told again by the task.
            if !state.isTask, case .progress(let update) = event { _ = state.notifications.progress(update) }
            return state.isTask
        }
        guard isTask else { return fallback.tell(event) }
        sink.yield(.event(event))
    }

    /// Takes the news that the call is a task now: passes on what the task says and asks, to its end.
    func begin(_ id: String, _ parts: ServiceParts, _ owner: JobOwner) {
        state.withLock { state in
            state.isTask = true
            state.notifications.relatedTask = id
        }
        parts.talks.add(self, for: id)
        let pump = Task { [items] in
            for await item in items {
                switch item {
                case .event(let event): await self.deliver(event)
                case .notification(let message):
                    await self.deliver(message, to: self.state.withLock { $0.listeners.last?.link })
                case .mark(let wake): wake()
                }
            }
        }
        Task {
            await self.ask(id, parts, owner)
            self.sink.finish()
            await pump.value
            parts.talks.remove(id)
        }
    }

    /// Returns when everything that a task said so far has gone out, so that nothing follows its end.
    func settle() async {
        guard state.withLock(\.isTask) else { return }
        await withCheckedContinuation { continuation in
            let wake = Wake(continuation)
            guard case .enqueued = sink.yield(.mark(wake)) else { return wake() }
            Task {
                try? await Task.sleep(for: Self.patience)
                wake()
            }
        }
    }

    /// Asks at once where questions may go anywhere; returns when the task has ended.
    private func ask(_ id: String, _ parts: ServiceParts, _ owner: JobOwner) async {
        let ask = fallback.askUnrelated
        var known: Set<String> = []
        // A task that is unknown is over.
        while let task = try? await parts.jobs.waitForEnd(
            of: id,
            for: owner,
            orQuestionsBeside: ask == nil ? nil : known,
            isClient: false
        ) {
            guard task.outcome == nil, let ask else { return }
            for question in task.questions where known.insert(question.key).inserted {
                guard claim(question.key) else { continue }
                if await !TaskQuestion(question, of: id, parts.jobs, owner).put(to: ask) {
                    release(question.key)
                }
            }
        }
    }

    /// Takes a question to put it to the client; false where it was taken before.
    func claim(_ key: String) -> Bool {
        state.withLock { $0.claimed.insert(key).inserted }
    }

    /// Lets another request put a question that this one could not.
    func release(_ key: String) {
        state.withLock { _ = $0.claimed.remove(key) }
    }

    /// Lets news go the way of a request that waits for the result.
    func attach(_ link: RequestLink) -> UInt64 {
        state.withLock { state in
            state.lastNumber &+= 1
            state.listeners.append((state.lastNumber, link))
            return state.lastNumber
        }
    }

    /// Whether a request waits for the result.
    var hasListener: Bool { state.withLock { !$0.listeners.isEmpty } }

    func detach(_ number: UInt64) {
        state.withLock { $0.listeners.removeAll { $0.number == number } }
    }

    private func deliver(_ event: RequestLink.Event) async {
        let level = await fallback.logLevel?() ?? .info
        let (message, listener) = state.withLock { state -> (JSONValue?, RequestLink?) in
            switch event {
            case .progress(let update): (state.notifications.progress(update), state.listeners.last?.link)
            case .log(let entry):
                (state.notifications.log(entry, sessionLevel: level), state.listeners.last?.link)
            case .breakStream: (nil, nil)
            }
        }
        guard let message else { return }
        await deliver(message, to: listener)
    }

    private func deliver(_ message: JSONValue, to listener: RequestLink?) async {
        if let listener {
            await listener.write(message)
        } else {
            await fallback.writeUnrelated?(message)
        }
    }
}
