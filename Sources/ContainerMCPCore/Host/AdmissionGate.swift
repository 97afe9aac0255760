// SPDX-License-Identifier: Apache-2.0

/// The places that calls take: a number that run, a number that wait, and a share for each session.
///
/// Whoever waits longest comes first, unless its session has its share already.
actor AdmissionGate {
    /// The kinds of places.
    enum Kind: Hashable, Sendable {
        case exec
        case files
        case web
    }

    private struct Waiter {
        let number: UInt64
        let kind: Kind
        let session: String
        let continuation: CheckedContinuation<Bool, Never>
    }

    private let places: [Kind: LimitSettings.Places]
    private let sessionShare: Int
    private let patience: Duration
    private var running: [Kind: Int] = [:]
    private var bySession: [String: Int] = [:]
    private var waiters: [Waiter] = []
    private var lastNumber: UInt64 = 0

    init(places: [Kind: LimitSettings.Places], sessionShare: Int, patience: Duration = .seconds(30)) {
        self.places = places
        self.sessionShare = sessionShare
        self.patience = patience
    }

    /// Takes a place, runs the body, and gives the place back.
    ///
    /// - Throws: ``ToolError`` with code `busy` when no place came free in time, or what the body throws.
    func withPlace<Value: Sendable>(
        _ kind: Kind,
        session: String,
        _ body: @Sendable () async throws(ToolError) -> Value
    ) async throws(ToolError) -> Value {
        try await enter(kind, session)
        defer { leave(kind, session) }
        return try await body()
    }

    private func mayEnter(_ kind: Kind, _ session: String) -> Bool {
        let limit = places[kind]?.running ?? 1
        return running[kind, default: 0] < limit && bySession[session, default: 0] < sessionShare
    }

    private func take(_ kind: Kind, _ session: String) {
        running[kind, default: 0] += 1
        bySession[session, default: 0] += 1
    }

    private func enter(_ kind: Kind, _ session: String) async throws(ToolError) {
        guard !Task.isCancelled else { throw Self.givenUp }
        // A place that comes free is given at once to whoever may take it, so those who wait now can't take
        // this one: their sessions have their share.
        if mayEnter(kind, session) { return take(kind, session) }
        let limit = places[kind]?.waiting ?? 0
        guard waiters.count(where: { $0.kind == kind }) < limit else {
            throw Self.busy("all places are taken and the queue is full")
        }
        lastNumber &+= 1
        let number = lastNumber
        let timeout = Task { [patience] in
            // A cancelled sleep means that the place was given in time.
            guard (try? await Task.sleep(for: patience)) != nil else { return }
            self.giveUp(number)
        }
        let entered = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiters.append(
                    Waiter(number: number, kind: kind, session: session, continuation: continuation)
                )
                admit()
            }
        } onCancel: {
            Task { await self.giveUp(number) }
        }
        timeout.cancel()
        guard entered else {
            if Task.isCancelled { throw Self.givenUp }
            throw Self.busy("no place came free in \(patience.components.seconds) s")
        }
    }

    private func leave(_ kind: Kind, _ session: String) {
        running[kind, default: 1] -= 1
        let left = bySession[session, default: 1] - 1
        bySession[session] = left > 0 ? left : nil
        admit()
    }

    private func admit() {
        var index = 0
        while index < waiters.count {
            let waiter = waiters[index]
            guard mayEnter(waiter.kind, waiter.session) else {
                index += 1
                continue
            }
            waiters.remove(at: index)
            take(waiter.kind, waiter.session)
            waiter.continuation.resume(returning: true)
        }
    }

    private func giveUp(_ number: UInt64) {
        guard let index = waiters.firstIndex(where: { $0.number == number }) else { return }
        waiters.remove(at: index).continuation.resume(returning: false)
    }

    private static let givenUp = ToolError(.cancelled, "The call was given up while it waited for a place.")

    private static func busy(_ why: String) -> ToolError {
        ToolError(.busy, "The server is busy: \(why). Try again later, with fewer calls at once.")
    }
}
