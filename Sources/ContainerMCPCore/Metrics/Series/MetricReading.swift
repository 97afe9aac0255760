// SPDX-License-Identifier: Apache-2.0

/// What a series stands at.
enum MetricReading: Sendable {
    case integer(Int64)
    case decimal(Double)
    case histogram(HistogramReading)
}
