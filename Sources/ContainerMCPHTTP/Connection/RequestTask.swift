// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The work for one request, which its connection may cancel.
final class RequestTask: Sendable {
    private struct State {
        var task: Task<Void, Never>?
        var isCancelled = false
    }

    private let work: @Sendable () async -> Void
    private let state = Mutex(State())

    init(_ work: @escaping @Sendable () async -> Void) {
        self.work = work
    }

    /// Does the work; returns when it is done, also where it was cancelled.
    func run() async {
        let task = state.withLock { state in
            let task = Task { await self.work() }
            if state.isCancelled { task.cancel() }
            state.task = task
            return task
        }
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
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
