// SPDX-License-Identifier: Apache-2.0

/// Where the buckets of a histogram end.
struct HistogramBounds: Sendable {
    /// The upper bounds, growing; what is equal to one lies below it.
    let values: [Double]
    /// The same as they are shown.
    let texts: [String]

    init(_ values: [Double]) {
        self.values = values
        texts = values.map(ExpositionWriter.text)
    }

    /// The bucket that a value lies in.
    func index(of value: Double) -> Int {
        values.firstIndex { value <= $0 } ?? values.count
    }

    /// For durations, in seconds: from a file that is read to a task of an hour.
    static let seconds = HistogramBounds([
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3_600,
    ])

    /// For numbers whose unit is not known, such as bytes: powers of four to 2^30.
    static let amounts = HistogramBounds((0...15).map { Double(1 << (2 * $0)) })
}
