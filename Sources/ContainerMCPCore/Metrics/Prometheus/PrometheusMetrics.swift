// SPDX-License-Identifier: Apache-2.0

public import Metrics
internal import Synchronization

/// Keeps metrics in memory and shows them in the text format of Prometheus.
///
/// It is a factory for swift-metrics that may be given to ``ServerMetrics`` and to any other library; nothing
/// here sets the factory of the process. Counters of both kinds are counters, meters and gauges are gauges,
/// timers are histograms in seconds, and recorders that aggregate are histograms in powers of four. Labels
/// and names are made to fit. One name and one set of labels are one series, however often they are asked
/// for, and `destroy()` on any of its instruments takes it out.
///
/// It holds 500 names, 2,000 sets of labels, 200 for one name, and 256 KiB of labels. What is recorded beyond
/// that goes to one series of the name with the label `overflow="true"`, and
/// `container_mcp_metrics_dropped_total` counts how often that was so. Recording never waits for a reader.
public final class PrometheusMetrics: MetricsFactory, Sendable {
    /// What HTTP calls the form of ``exposition()``.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    static let droppedName = "container_mcp_metrics_dropped_total"
    private static let droppedDescription =
        "How often a set of labels or a name found no room in the registry of metrics."

    private let descriptions: [String: String]
    private let includesProcess: Bool
    private let limits: MetricLimits
    private let processStart: Double?
    private let registry: Mutex<MetricRegistry>

    /// Makes an empty registry.
    ///
    /// - Parameters:
    ///   - descriptions: What metrics mean, by name: one sentence for people, of which 1,024 bytes count.
    ///   - includesProcess: Whether memory, processor time and descriptors of this process are shown too,
    ///     under the names that all clients of Prometheus use.
    public convenience init(
        descriptions: [String: String] = ServerMetrics.descriptions,
        includesProcess: Bool = true
    ) {
        self.init(descriptions: descriptions, includesProcess: includesProcess, limits: MetricLimits())
    }

    init(descriptions: [String: String], includesProcess: Bool, limits: MetricLimits) {
        self.descriptions = descriptions
        self.includesProcess = includesProcess
        self.limits = limits
        processStart = includesProcess ? ProcessReading.startTime() : nil
        let processNames = includesProcess ? ProcessReading.metrics.map(\.name) : []
        registry = Mutex(MetricRegistry(reserved: processNames + [Self.droppedName], limits: limits))
    }

    /// All metrics as they stand now, sorted by name and then by labels.
    ///
    /// It reads `/proc/self`, which blocks for a moment but not on a disk. What is recorded at the same time
    /// may or may not be in it; the count of a histogram always agrees with its buckets.
    ///
    /// - Returns: UTF-8 text of the type ``contentType``.
    public func exposition() -> [UInt8] {
        let (families, refusals) = registry.withLock { (Array($0.families.values), $0.refusals) }
        var blocks: [(name: String, write: (inout ExpositionWriter) -> Void)] = families.map { family in
            let description = LabelSet.escaped(
                descriptions[family.name] ?? "",
                limit: limits.descriptionBytes,
                escapesQuotes: false
            )
            return (
                family.name,
                { writer in
                    writer.begin(family.name, type: family.kind.type, description: description)
                    for (labels, series) in family.sorted {
                        writer.write(family.name, labels, series.reading)
                    }
                }
            )
        }
        let dropped = MetricReading.integer(Int64(clamping: refusals))
        blocks.append(Self.block(Self.droppedName, .counter, Self.droppedDescription, dropped))
        if includesProcess {
            let reading = ProcessReading.now(start: processStart)
            for metric in ProcessReading.metrics {
                guard let value = reading[keyPath: metric.value] else { continue }
                blocks.append(Self.block(metric.name, metric.kind, metric.description, .decimal(value)))
            }
        }
        var writer = ExpositionWriter()
        for block in blocks.sorted(by: { $0.name < $1.name }) { block.write(&writer) }
        return writer.bytes
    }

    private static func block(
        _ name: String,
        _ kind: MetricKind,
        _ description: String,
        _ reading: MetricReading
    ) -> (name: String, write: (inout ExpositionWriter) -> Void) {
        (
            name,
            { writer in
                writer.begin(name, type: kind.type, description: Array(description.utf8))
                writer.write(name, nil, reading)
            }
        )
    }

    private func series<Series: MetricSeries>(
        _ label: String,
        _ dimensions: [(String, String)],
        _ kind: MetricKind
    ) -> Series {
        registry.withLock { $0.series(label, dimensions, kind) }
    }

    private func remove(_ series: AnyObject) {
        registry.withLock { $0.remove(series) }
    }
}

extension PrometheusMetrics {
    /// The counter of a name and labels.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let counter: CounterSeries = series(label, dimensions, .counter)
        return counter
    }

    /// The counter of a name and labels, for decimal numbers; the same as the one for whole numbers.
    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        let counter: CounterSeries = series(label, dimensions, .counter)
        return counter
    }

    /// The gauge of a name and labels.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        let gauge: GaugeSeries = series(label, dimensions, .gauge)
        return gauge
    }

    /// The histogram of a name and labels, or the gauge where nothing is aggregated.
    public func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else {
            let gauge: GaugeSeries = series(label, dimensions, .gauge)
            return gauge
        }
        let histogram: AmountHistogram = series(label, dimensions, .recorder)
        return histogram
    }

    /// The histogram of durations of a name and labels.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let histogram: DurationHistogram = series(label, dimensions, .timer)
        return histogram
    }

    /// Takes a counter out.
    public func destroyCounter(_ handler: any CounterHandler) {
        remove(handler)
    }

    /// Takes a counter for decimal numbers out.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        remove(handler)
    }

    /// Takes a meter out.
    public func destroyMeter(_ handler: any MeterHandler) {
        remove(handler)
    }

    /// Takes a recorder or gauge out.
    public func destroyRecorder(_ handler: any RecorderHandler) {
        remove(handler)
    }

    /// Takes a timer out.
    public func destroyTimer(_ handler: any TimerHandler) {
        remove(handler)
    }
}
