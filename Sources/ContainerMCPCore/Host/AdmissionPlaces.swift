// SPDX-License-Identifier: Apache-2.0

/// Who has a place at an ``AdmissionGate`` and who waits for one.
struct AdmissionPlaces {
    typealias Kind = AdmissionGate.Kind
    typealias Ticket = AdmissionGate.Ticket

    /// One call that passes.
    struct Pass: Sendable {
        let ticket: Ticket
        let kind: Kind
        let session: String
    }

    /// How the wish for a place ended.
    enum Outcome: Sendable {
        case entered
        /// As many wait as may.
        case full
        /// No place came free, or the call was given up.
        case late
    }

    typealias Continuation = CheckedContinuation<Outcome, Never>

    private struct Waiter {
        let pass: Pass
        let continuation: Continuation
    }

    private let places: [Kind: LimitSettings.Places]
    private let sessionShare: Int
    private let backgroundShare: Int
    private let metrics: ServerMetrics
    private var running: [Kind: Int] = [:]
    private var bySession: [String: Int] = [:]
    private var waiters: [Waiter] = []
    private var inPlace: Set<Ticket> = []
    /// The calls that are in the background, and whether each has its place.
    var background: [Ticket: Bool] = [:]

    /// Makes places; the parameters are those of the gate.
    init(
        places: [Kind: LimitSettings.Places],
        sessionShare: Int,
        backgroundShare: Int,
        metrics: ServerMetrics
    ) {
        self.places = places
        self.sessionShare = sessionShare
        self.backgroundShare = backgroundShare
        self.metrics = metrics
    }

    var counts: [Kind: (running: Int, waiting: Int)] {
        var counts: [Kind: (running: Int, waiting: Int)] = running.mapValues { ($0, 0) }
        for waiter in waiters { counts[waiter.pass.kind, default: (0, 0)].waiting += 1 }
        return counts
    }

    var isEmpty: Bool { inPlace.isEmpty && waiters.isEmpty && background.isEmpty }

    /// Takes a place if one is free for the call.
    ///
    /// A place that comes free is given at once to whoever may take it, so those who wait now can't take this one: their
    /// sessions have their share.
    mutating func enter(_ pass: Pass) -> Bool {
        guard mayEnter(pass) else { return false }
        take(pass)
        return true
    }

    /// Lets a call wait.
    ///
    /// - Returns: How its wait has ended already, if it has: a place may have come free meanwhile.
    mutating func wait(_ pass: Pass, _ continuation: Continuation) -> Outcome? {
        guard !enter(pass) else { return .entered }
        let limit = places[pass.kind]?.waiting ?? 0
        guard waiters.count(where: { $0.pass.kind == pass.kind }) < limit else { return .full }
        waiters.append(Waiter(pass: pass, continuation: continuation))
        note(pass.kind)
        return nil
    }

    /// Gives a place back.
    ///
    /// - Returns: Those who have one now.
    mutating func leave(_ pass: Pass) -> [Continuation] {
        running[pass.kind, default: 1] -= 1
        let left = bySession[pass.session, default: 1] - 1
        bySession[pass.session] = left > 0 ? left : nil
        inPlace.remove(pass.ticket)
        background[pass.ticket] = nil
        note(pass.kind)
        return admit()
    }

    /// Takes a call that waits out of the queue.
    mutating func giveUp(_ ticket: Ticket) -> Continuation? {
        guard let index = waiters.firstIndex(where: { $0.pass.ticket == ticket }) else { return nil }
        let waiter = waiters.remove(at: index)
        note(waiter.pass.kind)
        return waiter.continuation
    }

    mutating func sendToBackground(_ ticket: Ticket) -> Bool {
        guard background[ticket] == nil else { return true }
        let isRunning = inPlace.contains(ticket)
        if isRunning, background.values.count(where: { $0 }) >= backgroundShare { return false }
        background[ticket] = isRunning
        return true
    }

    /// Takes a call out of the background.
    ///
    /// - Returns: Those who have a place now.
    mutating func takeBack(_ ticket: Ticket) -> [Continuation] {
        guard background.removeValue(forKey: ticket) != nil else { return [] }
        return admit()
    }

    private func mayEnter(_ pass: Pass) -> Bool {
        if background[pass.ticket] != nil, background.values.count(where: { $0 }) >= backgroundShare {
            return false
        }
        let limit = places[pass.kind]?.running ?? 1
        return running[pass.kind, default: 0] < limit && bySession[pass.session, default: 0] < sessionShare
    }

    private mutating func take(_ pass: Pass) {
        running[pass.kind, default: 0] += 1
        bySession[pass.session, default: 0] += 1
        inPlace.insert(pass.ticket)
        if background[pass.ticket] != nil { background[pass.ticket] = true }
        note(pass.kind)
    }

    private mutating func admit() -> [Continuation] {
        var admitted: [Continuation] = []
        var index = 0
        while index < waiters.count {
            guard mayEnter(waiters[index].pass) else {
                index += 1
                continue
            }
            let waiter = waiters.remove(at: index)
            take(waiter.pass)
            admitted.append(waiter.continuation)
        }
        return admitted
    }

    private func note(_ kind: Kind) {
        guard let place = ServerMetrics.PlaceKind(rawValue: kind.rawValue) else { return }
        metrics.placesChanged(
            place,
            running: running[kind, default: 0],
            waiting: waiters.count { $0.pass.kind == kind }
        )
    }
}
