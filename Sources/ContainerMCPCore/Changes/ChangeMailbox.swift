// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What has changed since its reader last looked; a change that is there already is not added again.
final class ChangeMailbox: Sendable {
    private struct Reader {
        let number: UInt64
        let continuation: CheckedContinuation<[Change]?, Never>
    }

    private struct State {
        var interest: ChangeInterest
        /// In the order they came; the set beside it tells what is there.
        var pending: [Change] = []
        var known: Set<Change> = []
        var readers: [Reader] = []
        var lastNumber: UInt64 = 0
        var isEnded = false

        mutating func takePending() -> [Change] {
            defer {
                pending = []
                known = []
            }
            return pending
        }
    }

    private let state: Mutex<State>

    init(_ interest: ChangeInterest, isEnded: Bool) {
        state = Mutex(State(interest: interest, isEnded: isEnded))
    }

    var interest: ChangeInterest { state.withLock { $0.interest } }

    /// Takes a change in, or passes it to whoever waits.
    func offer(_ change: Change, in workspace: WorkspaceKey?) {
        let reader: Reader? = state.withLock { state in
            guard !state.isEnded, state.interest.covers(change, in: workspace) else { return nil }
            if !state.readers.isEmpty { return state.readers.removeFirst() }
            if state.known.insert(change).inserted { state.pending.append(change) }
            return nil
        }
        reader?.continuation.resume(returning: [change])
    }

    /// What is pending; waits if nothing is.
    ///
    /// Nil at the end, and when the task is cancelled.
    func next() async -> [Change]? {
        let number = state.withLock { state in
            state.lastNumber &+= 1
            return state.lastNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: [Change]?? = state.withLock { state in
                    // A cancellation that came before this found no reader to end.
                    if Task.isCancelled { return .some(nil) }
                    if !state.pending.isEmpty { return .some(state.takePending()) }
                    if state.isEnded { return .some(nil) }
                    state.readers.append(Reader(number: number, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let reader: Reader? = state.withLock { state in
                guard let index = state.readers.firstIndex(where: { $0.number == number }) else { return nil }
                return state.readers.remove(at: index)
            }
            reader?.continuation.resume(returning: nil)
        }
    }

    func unfollow(_ task: String) {
        state.withLock { state in
            state.interest.tasks.remove(task)
            guard state.known.remove(.task(id: task)) != nil else { return }
            state.pending.removeAll { $0 == .task(id: task) }
        }
    }

    func follow(_ task: String) -> Bool {
        state.withLock { state in
            guard !state.interest.tasks.contains(task) else { return true }
            guard !state.interest.isFull else { return false }
            state.interest.tasks.insert(task)
            return true
        }
    }

    func add(_ uri: String) -> Bool {
        state.withLock { state in
            guard !state.interest.resources.contains(uri) else { return true }
            guard !state.interest.isFull else { return false }
            state.interest.resources.insert(uri)
            return true
        }
    }

    func remove(_ uri: String) {
        state.withLock { state in
            state.interest.resources.remove(uri)
            guard state.known.remove(.resource(uri: uri)) != nil else { return }
            state.pending.removeAll { $0 == .resource(uri: uri) }
        }
    }

    /// Takes nothing more in; what is pending can still be read unless it is dropped.
    func end(droppingPending: Bool) {
        let readers = state.withLock { state in
            state.isEnded = true
            if droppingPending { _ = state.takePending() }
            defer { state.readers = [] }
            return state.readers
        }
        for reader in readers { reader.continuation.resume(returning: nil) }
    }
}
