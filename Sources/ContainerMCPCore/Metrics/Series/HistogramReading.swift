// SPDX-License-Identifier: Apache-2.0

/// What a histogram stands at.
struct HistogramReading: Sendable {
    /// The upper bounds as they are shown, without the last, which has none.
    let bounds: [String]
    /// How many values lie in each bucket and in no lower one; one more than there are bounds.
    let counts: [UInt64]
    /// The sum of all values.
    let sum: Double
}
