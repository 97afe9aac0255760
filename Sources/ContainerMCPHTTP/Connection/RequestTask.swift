// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The work for one request, which its connection may cancel.
final class RequestTask: Sendable {
    private struct State {
        /// The work until it begins; it leads back to the connection, which holds this object.
        var work: (@Sendable () async -> Void)?
        /// The work from its begin to its end.
        var task: Task<Void, Never>?
        var isCancelled = false
    }

    private let state: Mutex<State>

    init(_ work: @escaping @Sendable () async -> Void) {
        state = Mutex(State(work: work))
    }

    /// Does the work; returns when it is done, also where it was cancelled.
    func run() async {
        let task: Task<Void, Never>? = state.withLock { state in
            guard let work = state.work.take() else { return nil }
            let task = Task { await work() }
            if state.isCancelled { task.cancel() }
            state.task = task
            return task
        }
        guard let task else { return }
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        state.withLock { $0.task = nil }
    }

    /// Cancels the work, also before it has begun.
    func cancel() {
        let task = state.withLock { state in
            state.isCancelled = true
            return state.task
        }
        task?.cancel()
    }
}
