// SPDX-License-Identifier: Apache-2.0

internal import Metrics

/// One counter for each value of a label, all there from the start: a rate can't be told of a counter that
/// begins with its first event.
struct LabelledCounters<Value>: Sendable
where Value: RawRepresentable & CaseIterable & Hashable & Sendable, Value.RawValue == String {
    private let counters: [Value: Counter]

    init(_ name: String, _ label: String, _ factory: any MetricsFactory) {
        counters = Dictionary(
            uniqueKeysWithValues: Value.allCases.map { value in
                (value, Counter(label: name, dimensions: [(label, value.rawValue)], factory: factory))
            }
        )
    }

    func increment(_ value: Value, by amount: Int64 = 1) {
        guard amount > 0 else { return }
        counters[value]?.increment(by: amount)
    }
}
