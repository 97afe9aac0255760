// SPDX-License-Identifier: Apache-2.0

internal import Metrics
internal import Synchronization

/// The instruments of each tool, made when it is called first.
final class ToolInstruments: Sendable {
    private struct Instruments {
        let duration: Timer
        var calls: [ServerMetrics.CallOutcome: Counter] = [:]
    }

    /// What stands for a tool that is not on offer, and for those beyond ``limit``.
    static let unknown = "unknown"
    /// How many tools have instruments of their own.
    static let limit = 256

    private let factory: any MetricsFactory
    private let tools = Mutex<[String: Instruments]>([:])

    init(_ factory: any MetricsFactory) {
        self.factory = factory
    }

    /// The instruments for one call.
    func instruments(
        of tool: String?,
        _ outcome: ServerMetrics.CallOutcome
    ) -> (calls: Counter, duration: Timer) {
        tools.withLock { tools in
            var name = tool ?? Self.unknown
            if tools[name] == nil, tools.count >= Self.limit { name = Self.unknown }
            var instruments =
                tools[name]
                ?? Instruments(
                    duration: Timer(
                        label: MetricTitle.callDuration,
                        dimensions: [("tool", name)],
                        factory: factory
                    )
                )
            let calls =
                instruments.calls[outcome]
                ?? Counter(
                    label: MetricTitle.calls,
                    dimensions: [("tool", name), ("outcome", outcome.rawValue)],
                    factory: factory
                )
            instruments.calls[outcome] = calls
            tools[name] = instruments
            return (calls, instruments.duration)
        }
    }
}
