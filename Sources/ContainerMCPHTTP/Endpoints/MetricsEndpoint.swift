// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore

/// `/metrics`: what the server counts and measures, for Prometheus.
struct MetricsEndpoint: Sendable {
    private let metrics: PrometheusMetrics?

    /// Makes the endpoint.
    ///
    /// - Parameter metrics: What is shown; nil where nothing is kept.
    init(_ metrics: PrometheusMetrics?) {
        self.metrics = metrics
    }

    /// The answer.
    func reply() -> HTTPReply {
        guard let metrics else { return .text(404, "there are no metrics here") }
        return HTTPReply(200, type: PrometheusMetrics.contentType, body: metrics.exposition())
    }
}
