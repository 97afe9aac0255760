// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What is said about one request, or about none, in a session: kept for a while, and read by one connection
/// at a time, or by none.
///
/// Whoever says something does not depend on a reader. While one is there that is slow, writers wait for it,
/// so that it loses nothing; while none is there, the oldest events go.
final class SessionStream: Sendable {
    enum Kind: Sendable {
        /// About the requests of one POST; it ends with their answers.
        case post
        /// About no request; it ends with the session.
        case general
    }

    /// What a reader does next.
    enum Step: Sendable, Equatable {
        case send(EventLog.Event)
        /// Everything is said, or the session is over.
        case end(comesBack: Bool)
        /// The connection is to be ended, the stream goes on.
        case breakOff
        /// Somebody else reads, or the connection is gone.
        case leave
    }

    /// Why nobody can read.
    enum AttachFailure: Error, Sendable, Equatable {
        /// Another connection reads.
        case taken
        /// The place to go on from was never reached.
        case unknownEvent
        case over
    }

    private struct Reader {
        let number: UInt64
        /// The last event that it was given.
        var place: UInt64
        let drop: @Sendable () -> Void
        var waiter: CheckedContinuation<Step, Never>?
    }

    private struct State: WakingState {
        var wakeups = Wakeups()
        var log: EventLog
        /// The last event that went out.
        var sent: UInt64 = 0
        var reader: Reader?
        var lastReader: UInt64 = 0
        var finished: ContinuousClock.Instant?
        var isOver = false
        var comesBack = false
        var breaks = false
        var writers: [CheckedContinuation<Void, Never>] = []
    }

    let name: String
    let kind: Kind
    let storage: EventStorage
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    init(
        name: String,
        kind: Kind,
        storage: EventStorage,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.name = name
        self.kind = kind
        self.storage = storage
        self.now = now
        state = Mutex(State(log: EventLog(limits: storage.limits)))
    }

    deinit {
        end(comesBack: false)
    }

    // MARK: Writing

    /// Says something; returns when it is kept, on its way, or dropped.
    func append(_ message: [UInt8]) async {
        while await !hasRoom() {}
        let isCharged = storage.reserve(message.count)
        let time = now()
        let unkept = state.change { state -> UInt64? in
            guard !state.isOver, state.finished == nil, isCharged || state.reader != nil else {
                if isCharged { storage.release(message.count) } else { storage.counters.add(to: \.unkept) }
                state.log.skip()
                return nil
            }
            storage.release(state.log.append(message, at: time, isCharged: isCharged))
            if kind == .general, state.reader == nil {
                let lost = state.log.trimUnheard(after: state.sent)
                storage.release(lost.bytes)
                storage.counters.add(lost.events, to: \.unheard)
            }
            advance(&state)
            return isCharged ? nil : state.log.last
        }
        guard let unkept else { return }
        // There is no memory to keep it in: it is there only until the reader has it.
        while await !isRead(unkept) {}
        state.change { $0.log.remove(unkept) }
    }

    /// Waits until something changes, unless the reader, if there is one, keeps up.
    private func hasRoom() async -> Bool {
        await wait { state in
            guard let reader = state.reader, !state.isOver else { return true }
            let backlog = state.log.amount(after: reader.place)
            return backlog.events < storage.limits.events && backlog.bytes < storage.limits.bytes
        }
    }

    private func isRead(_ number: UInt64) async -> Bool {
        await wait { state in
            guard let reader = state.reader, !state.isOver else { return true }
            return reader.place >= number
        }
    }

    private func wait(_ condition: (borrowing State) -> Bool) async -> Bool {
        var holds = false
        await withCheckedContinuation { continuation in
            state.change { state in
                holds = condition(state)
                if holds { state.wakeups.add(continuation) } else { state.writers.append(continuation) }
            }
        }
        return holds
    }

    /// Takes the news that everything is said.
    func finish() {
        let time = now()
        state.change { state in
            guard state.finished == nil else { return }
            state.finished = time
            advance(&state)
        }
    }

    /// Ends the connection of the reader, after what was said so far.
    func breakConnection() {
        state.change { state in
            guard state.reader != nil, state.finished == nil else { return }
            state.breaks = true
            advance(&state)
        }
    }

    /// Ends the stream and forgets its events.
    ///
    /// - Parameter comesBack: Whether the client is told when to come back.
    func end(comesBack: Bool) {
        state.change { state in
            state.isOver = true
            state.comesBack = comesBack && state.finished == nil
            storage.release(state.log.removeAll())
            advance(&state)
        }
    }

    // MARK: Reading

    /// Makes a connection the reader.
    ///
    /// - Parameters:
    ///   - number: The last event that the client has; nil to go on after what was sent.
    ///   - takesOver: Whether another reader has to go: a client that comes back knows better than the server
    ///     that its old connection is dead.
    ///   - drop: Ends the connection where it has lost its place.
    /// - Returns: The number of the reader.
    /// - Throws: ``AttachFailure`` where it can't be the reader; whoever reads goes on.
    func attach(after number: UInt64?, takesOver: Bool, drop: @escaping @Sendable () -> Void)
        throws(AttachFailure) -> UInt64
    {
        let result: Result<(UInt64, Reader?), AttachFailure> = state.change { state in
            guard !state.isOver else { return .failure(.over) }
            guard takesOver || state.reader == nil else { return .failure(.taken) }
            if let number, number > state.log.last { return .failure(.unknownEvent) }
            let old = state.reader
            state.lastReader &+= 1
            state.breaks = false
            state.reader = Reader(number: state.lastReader, place: number ?? state.sent, drop: drop)
            advance(&state)
            return .success((state.lastReader, old))
        }
        let (reader, old) = try result.get()
        old?.waiter?.resume(returning: .leave)
        old?.drop()
        return reader
    }

    /// Waits for what a reader does next; a cancelled task has lost its place.
    func next(_ reader: UInt64) async -> Step {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.change { state in
                    if let step = step(&state, reader) {
                        state.wakeups.add(continuation, returning: step)
                    } else {
                        state.reader?.waiter = continuation
                    }
                }
            }
        } onCancel: {
            detach(reader)
        }
    }

    /// Takes the news that an event went out.
    func sent(_ event: UInt64) {
        state.change { $0.sent = max($0.sent, event) }
    }

    /// Gives up the place of a reader, whose connection is gone.
    func detach(_ reader: UInt64) {
        state.change { state in
            guard state.reader?.number == reader else { return }
            let waiter = state.reader?.waiter
            state.reader = nil
            if let waiter { state.wakeups.add(waiter, returning: .leave) }
            advance(&state)
        }
    }

    private func step(_ state: inout State, _ number: UInt64) -> Step? {
        guard let reader = state.reader, reader.number == number else { return .leave }
        if !state.isOver, let event = state.log.next(after: reader.place) {
            state.reader?.place = event.number
            releaseWriters(&state)
            return .send(event)
        }
        if state.isOver || state.finished != nil {
            state.reader = nil
            return .end(comesBack: state.comesBack)
        }
        guard state.breaks else { return nil }
        state.breaks = false
        state.reader = nil
        releaseWriters(&state)
        return .breakOff
    }

    /// Wakes whoever waits for what has changed.
    private func advance(_ state: inout State) {
        if let reader = state.reader, let waiter = reader.waiter {
            state.reader?.waiter = nil
            if let step = step(&state, reader.number) {
                state.wakeups.add(waiter, returning: step)
            } else {
                state.reader?.waiter = waiter
            }
        }
        if state.reader == nil || state.isOver { releaseWriters(&state) }
    }

    private func releaseWriters(_ state: inout State) {
        for writer in state.writers { state.wakeups.add(writer) }
        state.writers = []
    }

    // MARK: Keeping

    /// When everything was said, nil before that and while somebody reads.
    var idleSince: ContinuousClock.Instant? {
        state.change { $0.reader == nil ? $0.finished : nil }
    }

    /// The bytes that are kept.
    var keptBytes: Int { state.change { $0.log.chargedBytes } }

    /// Drops events that went out long ago.
    func expire(before time: ContinuousClock.Instant) {
        guard kind == .general else { return }
        state.change { storage.release($0.log.removeOld(upTo: $0.sent, before: time)) }
    }
}
