// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Doors that a test opens by name, and tools wait at.
final class Gates: Sendable {
    private struct State {
        var open: Set<String> = []
        var waiters: [String: [CheckedContinuation<Void, Never>]] = [:]
    }

    private let state = Mutex(State())

    func open(_ name: String) {
        state.withLock { state in
            state.open.insert(name)
            for waiter in state.waiters.removeValue(forKey: name) ?? [] { waiter.resume() }
        }
    }

    /// Waits until the door is open or the task is cancelled.
    func pass(_ name: String) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    if state.open.contains(name) || Task.isCancelled {
                        continuation.resume()
                    } else {
                        state.waiters[name, default: []].append(continuation)
                    }
                }
            }
        } onCancel: {
            open(name)
        }
    }
}
