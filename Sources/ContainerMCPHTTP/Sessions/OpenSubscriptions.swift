// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The streams of changes that are open, which end with a last word when the server stops.
final class OpenSubscriptions: Sendable {
    private struct State {
        var lastNumber: UInt64 = 0
        var stops: [UInt64: @Sendable () -> Void] = [:]
        var isClosed = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// How many there are.
    var count: Int { state.withLock { $0.stops.count } }

    /// Takes one in.
    ///
    /// - Parameter stop: Makes it end with its last word; called at once where the server stops already.
    /// - Returns: Its number, for ``remove(_:)``.
    func add(stop: @escaping @Sendable () -> Void) -> UInt64 {
        let (number, isClosed) = state.withLock { state in
            state.lastNumber &+= 1
            state.stops[state.lastNumber] = stop
            return (state.lastNumber, state.isClosed)
        }
        if isClosed { stop() }
        return number
    }

    /// Takes the news that one has ended.
    func remove(_ number: UInt64) {
        state.withLock { state in
            state.stops[number] = nil
            if state.stops.isEmpty { Self.wake(&state) }
        }
    }

    /// Makes all end, and waits until they have, or the time is up.
    func endAll(within grace: Duration) async {
        let stops = state.withLock { state in
            state.isClosed = true
            return state.stops.values
        }
        for stop in stops { stop() }
        let timeout = Task {
            // A cancelled sleep means that all ended in time.
            guard (try? await Task.sleep(for: grace)) != nil else { return }
            self.state.withLock { Self.wake(&$0) }
        }
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if state.stops.isEmpty { continuation.resume() } else { state.waiters.append(continuation) }
            }
        }
        timeout.cancel()
    }

    private static func wake(_ state: inout State) {
        for waiter in state.waiters { waiter.resume() }
        state.waiters = []
    }
}
