// SPDX-License-Identifier: Apache-2.0

/// What a name stands for.
enum MetricKind: String, Sendable {
    case counter
    case gauge
    /// A histogram of durations.
    case timer
    /// A histogram of anything else.
    case recorder

    /// The word after `# TYPE`.
    var type: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .timer, .recorder: "histogram"
        }
    }

    var isHistogram: Bool { self == .timer || self == .recorder }

    /// The names that samples of a metric have.
    func sampleNames(_ name: String) -> [String] {
        isHistogram ? [name, name + "_bucket", name + "_sum", name + "_count"] : [name]
    }
}
