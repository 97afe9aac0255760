// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import Metrics
internal import Synchronization

/// The counters of requests, made when they are needed first: not every combination comes up.
final class RequestCounters: Sendable {
    private struct Key: Hashable {
        let transport: ServerMetrics.Transport
        let era: ProtocolEra
        let result: ServerMetrics.RequestResult
    }

    private let factory: any MetricsFactory
    private let counters = Mutex<[Key: Counter]>([:])

    init(_ factory: any MetricsFactory) {
        self.factory = factory
    }

    func increment(
        _ transport: ServerMetrics.Transport,
        _ era: ProtocolEra,
        _ result: ServerMetrics.RequestResult
    ) {
        let key = Key(transport: transport, era: era, result: result)
        let counter = counters.withLock { counters in
            if let known = counters[key] { return known }
            let counter = Counter(
                label: MetricTitle.requests,
                dimensions: [
                    ("transport", transport.rawValue),
                    ("era", era == .modern ? "modern" : "legacy"),
                    ("result", result.rawValue),
                ],
                factory: factory
            )
            counters[key] = counter
            return counter
        }
        counter.increment()
    }
}
