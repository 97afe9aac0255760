// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// How many subscriptions are open, for each caller and in all.
final class SubscriptionCount: Sendable {
    private let limitOfCaller: Int
    private let limit: Int
    private let metrics: ServerMetrics
    private let state = Mutex<(all: Int, callers: [String: Int])>((0, [:]))

    init(perCaller limitOfCaller: Int = 64, inAll limit: Int = 1_024, metrics: ServerMetrics = .disabled) {
        self.metrics = metrics
        self.limitOfCaller = limitOfCaller
        self.limit = limit
    }

    /// Takes a place for one subscription.
    func begin(for caller: String) -> Bool {
        state.withLock { state in
            guard state.all < limit, state.callers[caller, default: 0] < limitOfCaller else { return false }
            state.all += 1
            metrics.subscriptionsChanged(open: state.all)
            state.callers[caller, default: 0] += 1
            return true
        }
    }

    /// Gives a place back.
    func end(for caller: String) {
        state.withLock { state in
            state.all -= 1
            metrics.subscriptionsChanged(open: state.all)
            let left = state.callers[caller, default: 1] - 1
            state.callers[caller] = left > 0 ? left : nil
        }
    }
}
