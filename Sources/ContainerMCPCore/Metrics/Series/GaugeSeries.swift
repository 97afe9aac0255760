// SPDX-License-Identifier: Apache-2.0

internal import Metrics
internal import Synchronization

/// A value that goes up and down.
///
/// It can be set to anything, also to what is no number. Steps that are negative, infinite or no number are
/// not taken, as in the meter that swift-metrics makes of a recorder.
final class GaugeSeries: MetricSeries, RecorderHandler, MeterHandler {
    private let value = Atomic<Double>(0)

    init() {}

    func record(_ value: Int64) {
        set(Double(value))
    }

    func record(_ value: Double) {
        set(value)
    }

    func set(_ value: Int64) {
        set(Double(value))
    }

    func set(_ value: Double) {
        self.value.store(value, ordering: .relaxed)
    }

    func increment(by amount: Double) {
        guard amount.isFinite, amount > 0 else { return }
        add(amount)
    }

    func decrement(by amount: Double) {
        guard amount.isFinite, amount > 0 else { return }
        add(-amount)
    }

    private func add(_ amount: Double) {
        var old = value.load(ordering: .relaxed)
        while true {
            // The values are compared by their bits, so that one that is no number does not make this
            // endless.
            let attempt = value.weakCompareExchange(expected: old, desired: old + amount, ordering: .relaxed)
            guard !attempt.exchanged else { return }
            old = attempt.original
        }
    }

    var reading: MetricReading { .decimal(value.load(ordering: .relaxed)) }
}
