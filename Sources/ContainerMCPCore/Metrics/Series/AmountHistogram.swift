// SPDX-License-Identifier: Apache-2.0

internal import Metrics
internal import Synchronization

/// How values are spread whose unit is not known.
///
/// What is infinite or no number is not recorded: it would make the sum useless for ever.
final class AmountHistogram: MetricSeries, RecorderHandler {
    private struct State {
        var counts = [UInt64](repeating: 0, count: HistogramBounds.amounts.values.count + 1)
        var sum: Double = 0
    }

    private let state = Mutex(State())

    init() {}

    func record(_ value: Int64) {
        record(Double(value))
    }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        let index = HistogramBounds.amounts.index(of: value)
        state.withLock { state in
            state.counts[index] &+= 1
            let sum = state.sum + value
            if sum.isFinite { state.sum = sum }
        }
    }

    var reading: MetricReading {
        let state = state.withLock { $0 }
        return .histogram(
            HistogramReading(bounds: HistogramBounds.amounts.texts, counts: state.counts, sum: state.sum)
        )
    }
}
