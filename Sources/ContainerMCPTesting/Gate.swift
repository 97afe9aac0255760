// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Something that a test opens when it is time, instead of a sleep.
public final class Gate: Sendable {
    private enum State {
        case closed(waiters: [UInt64: CheckedContinuation<Bool, Never>], next: UInt64)
        case open
    }

    private let state = Mutex(State.closed(waiters: [:], next: 0))

    /// Makes a closed gate.
    public init() {}

    /// Lets everyone through, now and from now on.
    public func open() {
        let waiters: [CheckedContinuation<Bool, Never>] = state.withLock { state in
            guard case .closed(let waiters, _) = state else { return [] }
            state = .open
            return Array(waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: true) }
    }

    /// How many wait.
    public var waiting: Int {
        state.withLock { state in
            guard case .closed(let waiters, _) = state else { return 0 }
            return waiters.count
        }
    }

    /// Waits until the gate is open.
    ///
    /// - Returns: False when the task was cancelled first.
    public func pass() async -> Bool {
        let number: UInt64? = state.withLock { state in
            guard case .closed(let waiters, let next) = state else { return nil }
            state = .closed(waiters: waiters, next: next &+ 1)
            return next
        }
        guard let number else { return true }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    guard case .closed(var waiters, let next) = state else { return true }
                    // A cancellation that comes later finds the waiter; one that came before is seen here.
                    guard !Task.isCancelled else { return false }
                    waiters[number] = continuation
                    state = .closed(waiters: waiters, next: next)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter: CheckedContinuation<Bool, Never>? = state.withLock { state in
                guard case .closed(var waiters, let next) = state else { return nil }
                let waiter = waiters.removeValue(forKey: number)
                state = .closed(waiters: waiters, next: next)
                return waiter
            }
            waiter?.resume(returning: false)
        }
    }
}
