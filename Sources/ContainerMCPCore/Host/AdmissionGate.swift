// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The places that calls take: a number that run, a number that wait, and a share for each session.
///
/// Whoever waits longest comes first, unless its session has its share already. Calls that went into the background hold
/// some of the places at most, so that short calls get through. A lock and no actor, since every call passes here
/// twice: nobody who passes has to wait for a thread.
final class AdmissionGate: Sendable {
    /// The kinds of places.
    enum Kind: String, Hashable, Sendable {
        case exec
        case files
        case web
    }

    /// Stands for one call at the gate.
    struct Ticket: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private let patience: Duration
    private let backgroundPatience: Duration
    private let state: Mutex<AdmissionPlaces>
    private let lastNumber = Atomic<UInt64>(0)

    /// Makes a gate.
    ///
    /// - Parameters:
    ///   - places: How many of each kind.
    ///   - sessionShare: How many of one session run at once.
    ///   - backgroundShare: How many run in the background at once.
    ///   - patience: How long a call waits.
    ///   - backgroundPatience: How long a call in the background waits.
    ///   - metrics: Where it is told how many run and wait.
    init(
        places: [Kind: LimitSettings.Places],
        sessionShare: Int,
        backgroundShare: Int = 2,
        patience: Duration = .seconds(30),
        backgroundPatience: Duration = .seconds(300),
        metrics: ServerMetrics = .disabled
    ) {
        self.patience = patience
        self.backgroundPatience = backgroundPatience
        state = Mutex(
            AdmissionPlaces(
                places: places,
                sessionShare: sessionShare,
                backgroundShare: backgroundShare,
                metrics: metrics
            )
        )
    }

    /// Makes a ticket for one call.
    func ticket() -> Ticket {
        Ticket(number: lastNumber.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    /// Takes a place, runs the body, and gives the place back.
    ///
    /// - Throws: ``ToolError`` with code `busy` when no place came free in time, or what the body throws.
    func withPlace<Value: Sendable>(
        _ kind: Kind,
        session: String,
        ticket: Ticket,
        _ body: @Sendable () async throws(ToolError) -> Value
    ) async throws(ToolError) -> Value {
        let pass = AdmissionPlaces.Pass(ticket: ticket, kind: kind, session: session)
        do throws(ToolError) {
            try await enter(pass)
        } catch {
            state.withLock { $0.background[ticket] = nil }
            throw error
        }
        defer { resume(state.withLock { $0.leave(pass) }) }
        return try await body()
    }

    /// Lets a call go into the background.
    ///
    /// - Returns: False where it runs and as many as may be are there already; it then goes on in the foreground.
    func sendToBackground(_ ticket: Ticket) -> Bool {
        state.withLock { $0.sendToBackground(ticket) }
    }

    /// Takes a call out of the background: it went on in the foreground after all, or has ended.
    func takeBack(_ ticket: Ticket) {
        resume(state.withLock { $0.takeBack(ticket) })
    }

    /// How many calls of each kind run and wait.
    var counts: [Kind: (running: Int, waiting: Int)] { state.withLock(\.counts) }

    /// Whether no call runs or waits, here or in the background.
    var isEmpty: Bool { state.withLock(\.isEmpty) }

    private func enter(_ pass: AdmissionPlaces.Pass) async throws(ToolError) {
        guard !Task.isCancelled else { throw Self.givenUp }
        guard !state.withLock({ $0.enter(pass) }) else { return }
        var timeout: Task<Void, Never>?
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let outcome = state.withLock({ $0.wait(pass, continuation) }) {
                    return continuation.resume(returning: outcome)
                }
                // From here on it is there to be found.
                timeout = endWaiting(pass.ticket)
                // Whose cancellation came before that.
                if Task.isCancelled { giveUp(pass.ticket) }
            }
        } onCancel: {
            giveUp(pass.ticket)
        }
        timeout?.cancel()
        switch outcome {
        case .entered: return
        case .full: throw Self.busy("all places are taken and the queue is full")
        case .late:
            if Task.isCancelled { throw Self.givenUp }
            let time = isInBackground(pass.ticket) ? backgroundPatience : patience
            throw Self.busy("no place came free in \(time.components.seconds) s")
        }
    }

    /// Ends the wait of a call when its time is over; cancelled when the place was given in time.
    private func endWaiting(_ ticket: Ticket) -> Task<Void, Never> {
        Task { [patience, backgroundPatience] in
            guard (try? await Task.sleep(for: patience)) != nil else { return }
            if isInBackground(ticket) {
                guard (try? await Task.sleep(for: backgroundPatience - patience)) != nil else { return }
            }
            giveUp(ticket)
        }
    }

    private func isInBackground(_ ticket: Ticket) -> Bool {
        state.withLock { $0.background[ticket] != nil }
    }

    private func giveUp(_ ticket: Ticket) {
        state.withLock { $0.giveUp(ticket) }?.resume(returning: .late)
    }

    /// Tells those who have a place now, outside of the lock.
    private func resume(_ admitted: [AdmissionPlaces.Continuation]) {
        for continuation in admitted { continuation.resume(returning: .entered) }
    }

    private static let givenUp = ToolError(.cancelled, "The call was given up while it waited for a place.")

    private static func busy(_ why: String) -> ToolError {
        ToolError(.busy, "The server is busy: \(why). Try again later, with fewer calls at once.")
    }
}
