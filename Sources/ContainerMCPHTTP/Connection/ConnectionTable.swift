// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import NIOCore
import Synchronization

/// All connections, of which there may be so many.
final class ConnectionTable: Sendable {
    private struct Entry {
        let close: @Sendable () -> Void
        var since: NIODeadline
        var isAnswering = false
    }

    private struct State {
        var lastNumber: UInt64 = 0
        var entries: [UInt64: Entry] = [:]
        var isClosed = false
    }

    private let limit: Int
    private let metrics: ServerMetrics
    private let state = Mutex(State())

    init(limit: Int, metrics: ServerMetrics = .disabled) {
        self.limit = limit
        self.metrics = metrics
    }

    /// How many connections there are.
    var count: Int { state.withLock { $0.entries.count } }

    /// Takes a new connection in; where there is no room, the one that has gone longest without a complete
    /// request goes, of those that nothing is being done for.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - close: Closes the connection from any thread.
    /// - Returns: Its number, or nil if every other one is busy or the server stops.
    func add(now: NIODeadline, close: @escaping @Sendable () -> Void) -> UInt64? {
        let (number, evicted) = state.withLock { state -> (UInt64?, (@Sendable () -> Void)?) in
            guard !state.isClosed else { return (nil, nil) }
            var evicted: (@Sendable () -> Void)?
            if state.entries.count >= limit {
                let idle = state.entries.filter { !$0.value.isAnswering }
                guard let oldest = idle.min(by: { $0.value.since < $1.value.since }) else {
                    metrics.requestRefused(.full)
                    return (nil, nil)
                }
                state.entries[oldest.key] = nil
                evicted = oldest.value.close
            }
            state.lastNumber += 1
            state.entries[state.lastNumber] = Entry(close: close, since: now)
            metrics.connectionsChanged(open: state.entries.count)
            return (state.lastNumber, evicted)
        }
        evicted?()
        return number
    }

    /// Takes the news that a request is complete and is being answered.
    func beganAnswer(_ number: UInt64) {
        state.withLock { $0.entries[number]?.isAnswering = true }
    }

    /// Takes the news that a request has been answered.
    func endedAnswer(_ number: UInt64, now: NIODeadline) {
        state.withLock { state in
            state.entries[number]?.isAnswering = false
            state.entries[number]?.since = now
        }
    }

    /// Forgets a connection.
    func remove(_ number: UInt64) {
        state.withLock { state in
            state.entries[number] = nil
            metrics.connectionsChanged(open: state.entries.count)
        }
    }

    /// Closes all connections and takes in no more.
    func closeAll() {
        let entries = state.withLock { state in
            state.isClosed = true
            return state.entries
        }
        for entry in entries.values { entry.close() }
    }
}
