// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// How many of something are taken, by each caller and in all, so that no caller takes what is for all.
final class CallerShares: Sendable {
    private let limitOfCaller: Int
    private let limit: Int
    private let changed: @Sendable (_ taken: Int) -> Void
    private let state = Mutex<(all: Int, callers: [String: Int])>((0, [:]))

    /// Makes shares.
    ///
    /// - Parameters:
    ///   - limitOfCaller: The most that one caller has.
    ///   - limit: The most that all have together.
    ///   - changed: Told how many are taken, in the order of the changes; must not wait.
    init(
        perCaller limitOfCaller: Int,
        inAll limit: Int = 1_024,
        changed: @escaping @Sendable (_ taken: Int) -> Void = { _ in }
    ) {
        self.limitOfCaller = limitOfCaller
        self.limit = limit
        self.changed = changed
    }

    /// Takes one.
    ///
    /// - Returns: False where the caller, or all together, have what they may have.
    func begin(for caller: String) -> Bool {
        state.withLock { state in
            guard state.all < limit, state.callers[caller, default: 0] < limitOfCaller else { return false }
            state.all += 1
            state.callers[caller, default: 0] += 1
            changed(state.all)
            return true
        }
    }

    /// Gives one back.
    func end(for caller: String) {
        state.withLock { state in
            state.all -= 1
            let left = state.callers[caller, default: 1] - 1
            state.callers[caller] = left > 0 ? left : nil
            changed(state.all)
        }
    }
}
