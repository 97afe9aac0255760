// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import Synchronization

/// Counts what streams could not deliver.
final class StreamCounters: Sendable {
    /// What was counted, since the server began.
    struct Counts: Sendable, Equatable {
        /// Messages that belonged to no request and were dropped, because too many waited for a reader.
        var unheard = 0
        /// Events that were not kept, because there was no memory for them and nobody to read them.
        var unkept = 0
        /// Progress and log messages of 2026-07-28 requests that were dropped, because the reader was too
        /// slow.
        var news = 0
        /// Streams of changes that were ended, because the reader was too slow.
        var slowSubscriptions = 0
        /// Streams that were given up before their time, to make room for others.
        var evicted = 0
    }

    private let metrics: ServerMetrics
    private let state = Mutex(Counts())

    init(metrics: ServerMetrics = .disabled) {
        self.metrics = metrics
    }

    var counts: Counts { state.withLock { $0 } }

    func add(_ count: Int = 1, to counter: WritableKeyPath<Counts, Int>) {
        guard count > 0 else { return }
        state.withLock { $0[keyPath: counter] &+= count }
        switch counter {
        case \.unheard: metrics.notificationDropped(.noReader, count: count)
        case \.unkept: metrics.notificationDropped(.noMemory, count: count)
        case \.news: metrics.notificationDropped(.slowReader, count: count)
        default: break
        }
    }
}
