// SPDX-License-Identifier: Apache-2.0

internal import Metrics
internal import Synchronization

/// How long something took, by buckets in seconds.
///
/// A negative duration counts as none: the event took place, and a clock went wrong.
final class DurationHistogram: MetricSeries, TimerHandler {
    private struct State {
        var counts = [UInt64](repeating: 0, count: HistogramBounds.seconds.values.count + 1)
        /// The sum, exact; stays at the largest number, which is 292 years.
        var nanoseconds: Int64 = 0
    }

    private let state = Mutex(State())

    init() {}

    func recordNanoseconds(_ duration: Int64) {
        let duration = max(duration, 0)
        let index = HistogramBounds.seconds.index(of: Self.seconds(duration))
        state.withLock { state in
            state.counts[index] &+= 1
            let (sum, isTooLarge) = state.nanoseconds.addingReportingOverflow(duration)
            state.nanoseconds = isTooLarge ? .max : sum
        }
    }

    var reading: MetricReading {
        let state = state.withLock { $0 }
        return .histogram(
            HistogramReading(
                bounds: HistogramBounds.seconds.texts,
                counts: state.counts,
                sum: Self.seconds(state.nanoseconds)
            )
        )
    }

    private static func seconds(_ nanoseconds: Int64) -> Double {
        Double(nanoseconds) / 1_000_000_000
    }
}
