// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Tasks that a change of some state lets go on.
///
/// A continuation is never resumed while the lock of the state is held: resuming takes the lock of the task, and a
/// cancelled task runs its cancellation handler with that lock held; where the handler takes the lock of the state, the two
/// would wait for each other for good. So they are gathered under the lock and resumed after it.
struct Wakeups: Sendable {
    private var resumptions: [@Sendable () -> Void] = []

    mutating func add(_ continuation: CheckedContinuation<Void, Never>) {
        resumptions.append { continuation.resume() }
    }

    mutating func add<Value: Sendable>(
        _ continuation: CheckedContinuation<Value, Never>,
        returning value: Value
    ) {
        resumptions.append { continuation.resume(returning: value) }
    }

    /// Takes what was gathered.
    mutating func take() -> [@Sendable () -> Void] {
        defer { resumptions = [] }
        return resumptions
    }
}

/// State whose changes let tasks go on.
protocol WakingState: ~Copyable {
    var wakeups: Wakeups { get set }
}

extension Mutex where Value: WakingState {
    /// Changes the state, and resumes whoever may go on after the lock is let go of.
    borrowing func change<Answer: Sendable>(_ body: (inout Value) -> Answer) -> Answer {
        let (answer, resumptions) = withLock { state -> (Answer, [@Sendable () -> Void]) in
            let answer = body(&state)
            return (answer, state.wakeups.take())
        }
        for resume in resumptions { resume() }
        return answer
    }
}
