// SPDX-License-Identifier: Apache-2.0

internal import Metrics
internal import Synchronization

/// A sum that only grows.
///
/// What is negative, infinite or no number is not added. Whole numbers are summed exactly and stay at the
/// largest one.
final class CounterSeries: MetricSeries, CounterHandler, FloatingPointCounterHandler {
    private let whole = Atomic<Int64>(0)
    private let decimal = Atomic<Double>(0)

    init() {}

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        var old = whole.load(ordering: .relaxed)
        while true {
            let (sum, isTooLarge) = old.addingReportingOverflow(amount)
            let attempt = whole.weakCompareExchange(
                expected: old,
                desired: isTooLarge ? .max : sum,
                ordering: .relaxed
            )
            guard !attempt.exchanged else { return }
            old = attempt.original
        }
    }

    func increment(by amount: Double) {
        guard amount.isFinite, amount > 0 else { return }
        var old = decimal.load(ordering: .relaxed)
        while true {
            let attempt = decimal.weakCompareExchange(
                expected: old,
                desired: min(old + amount, .greatestFiniteMagnitude),
                ordering: .relaxed
            )
            guard !attempt.exchanged else { return }
            old = attempt.original
        }
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        decimal.store(0, ordering: .relaxed)
    }

    var reading: MetricReading {
        let whole = whole.load(ordering: .relaxed)
        let decimal = decimal.load(ordering: .relaxed)
        return decimal == 0 ? .integer(whole) : .decimal(Double(whole) + decimal)
    }
}
