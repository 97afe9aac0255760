// SPDX-License-Identifier: Apache-2.0

import ContainerMCPShell
import Glibc
import Synchronization

/// Ctrl-C: ends the program at once, or, while work is done that has to be cleaned up after, cancels that.
///
/// The second Ctrl-C always ends the program at once.
final class Interruption: Sendable {
    private struct State {
        var cancel: (@Sendable () -> Void)?
        var wasInterrupted = false
    }

    private let state = Mutex(State())

    init() {
        StopSignals.onFirst { self.interrupt() }
    }

    private func interrupt() {
        let cancel = state.withLock { state in
            state.wasInterrupted = true
            return state.cancel
        }
        guard let cancel else { _exit(ExitStatus.interrupted.rawValue) }
        cancel()
    }

    /// Does work that an interruption cancels.
    ///
    /// - Throws: ``CommandFailure`` with status 130 when it was interrupted, after the work came to its end.
    func cancelling<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        // An interruption from here on finds the task.
        let task = state.withLock { state in
            let task = Task { try await work() }
            state.cancel = { task.cancel() }
            return task
        }
        let result = await task.result
        let wasInterrupted = state.withLock { state in
            state.cancel = nil
            return state.wasInterrupted
        }
        guard !wasInterrupted else { throw CommandFailure(.interrupted) }
        return try result.get()
    }
}
