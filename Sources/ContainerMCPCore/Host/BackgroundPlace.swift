// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The place at the gate of a call that can go into the background, over all passes of its handler.
///
/// Work and the decision about leaving cross, and nothing of either may stay behind at the gate.
final class BackgroundPlace: Sendable {
    let ticket: AdmissionGate.Ticket
    private let gate: AdmissionGate
    /// Whether a pass of the handler goes on.
    private let isWorking = Mutex(true)

    init(_ ticket: AdmissionGate.Ticket, at gate: AdmissionGate) {
        self.ticket = ticket
        self.gate = gate
    }

    /// Lets the call go into the background.
    ///
    /// - Returns: False where as many as may be run there already.
    func leave() -> Bool {
        gate.sendToBackground(ticket)
    }

    /// Takes the news that the call has left: work that ended meanwhile needs no place.
    func settle() {
        if !isWorking.withLock(\.self) { gate.takeBack(ticket) }
    }

    /// Takes the news that the call could not leave.
    func comeBack() {
        gate.takeBack(ticket)
    }

    /// Begins a pass; a call in the background, which gave its place back to ask, asks for one there again.
    func enter(isJob: Bool) {
        isWorking.withLock { $0 = true }
        if isJob { _ = gate.sendToBackground(ticket) }
    }

    /// Ends a pass.
    func end() {
        isWorking.withLock { $0 = false }
        gate.takeBack(ticket)
    }
}
