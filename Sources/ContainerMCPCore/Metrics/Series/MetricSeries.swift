// SPDX-License-Identifier: Apache-2.0

/// One name with one set of labels.
protocol MetricSeries: AnyObject, Sendable {
    init()

    /// What it stands at now.
    var reading: MetricReading { get }
}
