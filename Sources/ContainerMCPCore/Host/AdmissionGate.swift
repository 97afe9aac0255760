// SPDX-License-Identifier: Apache-2.0

/// The places that calls take: a number that run, a number that wait, and a share for each session.
///
/// Whoever waits longest comes first, unless its session has its share already. Calls that went into the background hold
/// some of the places at most, so that short calls get through.
actor AdmissionGate {
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

    private struct Waiter {
        let ticket: Ticket
        let kind: Kind
        let session: String
        let continuation: CheckedContinuation<Bool, Never>
    }

    private let places: [Kind: LimitSettings.Places]
    private let sessionShare: Int
    private let backgroundShare: Int
    private let patience: Duration
    private let backgroundPatience: Duration
    private let metrics: ServerMetrics
    private var running: [Kind: Int] = [:]
    private var bySession: [String: Int] = [:]
    private var waiters: [Waiter] = []
    private var lastNumber: UInt64 = 0
    /// The calls that are in the background, and whether each has its place.
    private var background: [Ticket: Bool] = [:]
    private var inPlace: Set<Ticket> = []

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
        self.places = places
        self.sessionShare = sessionShare
        self.backgroundShare = backgroundShare
        self.patience = patience
        self.backgroundPatience = backgroundPatience
        self.metrics = metrics
    }

    /// Makes a ticket for one call.
    func ticket() -> Ticket {
        lastNumber &+= 1
        return Ticket(number: lastNumber)
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
        do throws(ToolError) {
            try await enter(kind, session, ticket)
        } catch {
            background[ticket] = nil
            throw error
        }
        defer { leave(kind, session, ticket) }
        return try await body()
    }

    /// Lets a call go into the background.
    ///
    /// - Returns: False where it runs and as many as may be are there already; it then goes on in the foreground.
    func sendToBackground(_ ticket: Ticket) -> Bool {
        guard background[ticket] == nil else { return true }
        let isRunning = inPlace.contains(ticket)
        if isRunning, background.values.count(where: { $0 }) >= backgroundShare { return false }
        background[ticket] = isRunning
        return true
    }

    /// Takes a call out of the background: it went on in the foreground after all, or has ended.
    func takeBack(_ ticket: Ticket) {
        guard background.removeValue(forKey: ticket) != nil else { return }
        admit()
    }

    /// How many calls of each kind run and wait.
    var counts: [Kind: (running: Int, waiting: Int)] {
        var counts: [Kind: (running: Int, waiting: Int)] = running.mapValues { ($0, 0) }
        for waiter in waiters { counts[waiter.kind, default: (0, 0)].waiting += 1 }
        return counts
    }

    /// Whether no call runs or waits, here or in the background.
    var isEmpty: Bool { inPlace.isEmpty && waiters.isEmpty && background.isEmpty }

    /// Lets a call that was to go into the background stay in the foreground.
    func bringBack(_ ticket: Ticket) {
        background[ticket] = nil
        admit()
    }

    private func mayEnter(_ kind: Kind, _ session: String, _ ticket: Ticket) -> Bool {
        if background[ticket] != nil, background.values.count(where: { $0 }) >= backgroundShare {
            return false
        }
        let limit = places[kind]?.running ?? 1
        return running[kind, default: 0] < limit && bySession[session, default: 0] < sessionShare
    }

    private func take(_ kind: Kind, _ session: String, _ ticket: Ticket) {
        running[kind, default: 0] += 1
        bySession[session, default: 0] += 1
        inPlace.insert(ticket)
        if background[ticket] != nil { background[ticket] = true }
        note(kind)
    }

    private func note(_ kind: Kind) {
        guard let place = ServerMetrics.PlaceKind(rawValue: kind.rawValue) else { return }
        metrics.placesChanged(
            place,
            running: running[kind, default: 0],
            waiting: waiters.count { $0.kind == kind }
        )
    }

    private func enter(_ kind: Kind, _ session: String, _ ticket: Ticket) async throws(ToolError) {
        guard !Task.isCancelled else { throw Self.givenUp }
        // A place that comes free is given at once to whoever may take it, so those who wait now can't take
        // this one: their sessions have their share.
        if mayEnter(kind, session, ticket) { return take(kind, session, ticket) }
        let limit = places[kind]?.waiting ?? 0
        guard waiters.count(where: { $0.kind == kind }) < limit else {
            throw Self.busy("all places are taken and the queue is full")
        }
        let timeout = Task { [patience, backgroundPatience] in
            // A cancelled sleep means that the place was given in time.
            guard (try? await Task.sleep(for: patience)) != nil else { return }
            if self.background[ticket] != nil {
                guard (try? await Task.sleep(for: backgroundPatience - patience)) != nil else { return }
            }
            self.giveUp(ticket)
        }
        let entered = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiters.append(
                    Waiter(ticket: ticket, kind: kind, session: session, continuation: continuation)
                )
                note(kind)
                admit()
            }
        } onCancel: {
            Task { await self.giveUp(ticket) }
        }
        timeout.cancel()
        guard entered else {
            if Task.isCancelled { throw Self.givenUp }
            let time = background[ticket] == nil ? patience : backgroundPatience
            throw Self.busy("no place came free in \(time.components.seconds) s")
        }
    }

    private func leave(_ kind: Kind, _ session: String, _ ticket: Ticket) {
        running[kind, default: 1] -= 1
        let left = bySession[session, default: 1] - 1
        bySession[session] = left > 0 ? left : nil
        inPlace.remove(ticket)
        background[ticket] = nil
        note(kind)
        admit()
    }

    private func admit() {
        var index = 0
        while index < waiters.count {
            let waiter = waiters[index]
            guard mayEnter(waiter.kind, waiter.session, waiter.ticket) else {
                index += 1
                continue
            }
            waiters.remove(at: index)
            take(waiter.kind, waiter.session, waiter.ticket)
            waiter.continuation.resume(returning: true)
        }
    }

    private func giveUp(_ ticket: Ticket) {
        guard let index = waiters.firstIndex(where: { $0.ticket == ticket }) else { return }
        let waiter = waiters.remove(at: index)
        note(waiter.kind)
        waiter.continuation.resume(returning: false)
    }

    private static let givenUp = ToolError(.cancelled, "The call was given up while it waited for a place.")

    private static func busy(_ why: String) -> ToolError {
        ToolError(.busy, "The server is busy: \(why). Try again later, with fewer calls at once.")
    }
}
