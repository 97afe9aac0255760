// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Synchronization

/// What is said while a 2026-07-28 request is served, on its way to the client.
///
/// The handler never waits to tell how far it got: what nobody asked for, and what finds no room, is dropped.
/// A stream of changes loses nothing: whoever writes to it waits, and where changes pile up all the same, it
/// ends.
final class NotificationQueue: Sendable {
    enum Step: Sendable {
        case message(JSONValue)
        case outcome(RequestOutcome)
        /// Nothing was said for long.
        case silence
        /// The stream can't go on.
        case overflow
    }

    private struct Entry {
        let message: JSONValue
        let writer: CheckedContinuation<Void, Never>?
    }

    private struct State: WakingState {
        var wakeups = Wakeups()
        var gate: RequestNotifications
        var entries: [Entry] = []
        var outcome: RequestOutcome?
        var isSilent = false
        var isClosed = false
        var hasOverflowed = false
        var waiter: CheckedContinuation<Step, Never>?
    }

    static let limit = 256

    private let carriesNews: Bool
    private let carriesChanges: Bool
    private let counters: StreamCounters
    private let state: Mutex<State>

    /// Makes a queue.
    ///
    /// - Parameters:
    ///   - admitted: The request.
    ///   - hasStream: Whether the client takes anything but the answer.
    ///   - counters: Counts what is dropped.
    init(_ admitted: AdmittedRequest, hasStream: Bool, counters: StreamCounters) {
        carriesChanges = hasStream
        if case .listen = admitted.request { carriesNews = false } else { carriesNews = hasStream }
        self.counters = counters
        state = Mutex(State(gate: RequestNotifications(admitted.context)))
    }

    /// Takes progress; never waits.
    func progress(_ update: ProgressUpdate) {
        add { $0.progress(update) }
    }

    /// Takes a log message; never waits.
    func log(_ entry: LogEntry) {
        add { $0.log(entry, sessionLevel: .info) }
    }

    private func add(_ message: (inout RequestNotifications) -> JSONValue?) {
        guard carriesNews else { return }
        state.change { state in
            guard state.outcome == nil, !state.isClosed, let message = message(&state.gate) else { return }
            guard state.entries.count < Self.limit else { return counters.add(to: \.news) }
            state.entries.append(Entry(message: message, writer: nil))
            advance(&state)
        }
    }

    /// Takes a notification of a subscription; returns when it is on its way, replaced by an equal one, or
    /// can't be sent any more.
    func write(_ message: JSONValue) async {
        guard carriesChanges else { return }
        await withCheckedContinuation { continuation in
            state.change { state in
                guard state.outcome == nil, !state.isClosed, !state.hasOverflowed else {
                    return state.wakeups.add(continuation)
                }
                // The later one says the same about a later time.
                if let index = state.entries.firstIndex(where: { $0.message == message }) {
                    if let writer = state.entries.remove(at: index).writer { state.wakeups.add(writer) }
                }
                guard state.entries.count < Self.limit else {
                    state.hasOverflowed = true
                    counters.add(to: \.slowSubscriptions)
                    state.wakeups.add(continuation)
                    return advance(&state)
                }
                state.entries.append(Entry(message: message, writer: continuation))
                advance(&state)
            }
        }
    }

    /// Takes the end of the request; what was said before comes first.
    func finish(_ outcome: RequestOutcome) {
        state.change { state in
            state.outcome = outcome
            advance(&state)
        }
    }

    /// Takes the news that the client has waited for long.
    func noteSilence() {
        state.change { state in
            state.isSilent = true
            advance(&state)
        }
    }

    /// Takes the news that nobody reads any more.
    func close() {
        state.change { state in
            state.isClosed = true
            for writer in state.entries.compactMap(\.writer) { state.wakeups.add(writer) }
            state.entries = []
        }
    }

    /// Waits for what to do next; the last step is the outcome.
    func next() async -> Step {
        await withCheckedContinuation { continuation in
            state.change { state in
                state.waiter = continuation
                advance(&state)
            }
        }
    }

    private func advance(_ state: inout State) {
        guard let waiter = state.waiter, let step = step(&state) else { return }
        state.waiter = nil
        state.wakeups.add(waiter, returning: step)
    }

    private func step(_ state: inout State) -> Step? {
        if state.hasOverflowed, !state.isClosed { return .overflow }
        if !state.entries.isEmpty {
            let entry = state.entries.removeFirst()
            if let writer = entry.writer { state.wakeups.add(writer) }
            return .message(entry.message)
        }
        if let outcome = state.outcome { return .outcome(outcome) }
        guard state.isSilent else { return nil }
        state.isSilent = false
        return .silence
    }
}
