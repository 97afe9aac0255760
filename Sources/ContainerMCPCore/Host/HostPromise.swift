// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The host that is there sooner or later, or never.
final class HostPromise: Sendable {
    private struct State {
        var isDecided = false
        var host: ToolHost?
        var waiters: [UInt64: CheckedContinuation<ToolHost?, Never>] = [:]
        var lastNumber: UInt64 = 0
    }

    private let state = Mutex(State())

    /// The host, if it is there.
    var ready: ToolHost? { state.withLock(\.host) }

    /// The host; nil where it does not start, and where the waiting task is cancelled.
    ///
    /// Bounded by the requests in flight, each of which waits once.
    var value: ToolHost? {
        get async {
            let number = state.withLock { state in
                state.lastNumber &+= 1
                return state.lastNumber
            }
            return await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let host: ToolHost?? = state.withLock { state in
                        // A cancellation that comes later finds the waiter; one that came before is seen here.
                        guard !state.isDecided, !Task.isCancelled else { return .some(state.host) }
                        state.waiters[number] = continuation
                        return nil
                    }
                    if let host { continuation.resume(returning: host) }
                }
            } onCancel: {
                let waiter = state.withLock { $0.waiters.removeValue(forKey: number) }
                waiter?.resume(returning: nil)
            }
        }
    }

    /// Decides; what comes later changes nothing.
    func fulfil(_ host: ToolHost?) {
        let waiters = state.withLock { state in
            guard !state.isDecided else { return [UInt64: CheckedContinuation<ToolHost?, Never>]() }
            state.isDecided = true
            state.host = host
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume(returning: host) }
    }
}
