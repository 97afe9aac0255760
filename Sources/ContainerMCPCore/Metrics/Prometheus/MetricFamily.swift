// SPDX-License-Identifier: Apache-2.0

/// All series of one name.
struct MetricFamily: Sendable {
    let name: String
    let kind: MetricKind
    var series: [LabelSet: any MetricSeries] = [:]
    /// Takes what is recorded for sets of labels that found no room.
    var overflow: (any MetricSeries)?

    /// All of them, in a fixed order.
    var sorted: [(labels: LabelSet, series: any MetricSeries)] {
        let sorted = series.sorted { $0.key < $1.key }.map { (labels: $0.key, series: $0.value) }
        guard let overflow else { return sorted }
        return sorted + [(labels: .overflow, series: overflow)]
    }
}
