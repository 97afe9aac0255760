// SPDX-License-Identifier: Apache-2.0

import Metrics
import Testing

@testable import ContainerMCPCore

@Suite struct ExpositionTests {
    private let dropped = """
        # HELP container_mcp_metrics_dropped_total How often a set of labels or a name found no room in the \
        registry of metrics.
        # TYPE container_mcp_metrics_dropped_total counter
        container_mcp_metrics_dropped_total 0

        """

    private func metrics(_ descriptions: [String: String] = [:]) -> PrometheusMetrics {
        PrometheusMetrics(descriptions: descriptions, includesProcess: false)
    }

    private func text(_ metrics: PrometheusMetrics) -> String {
        String(decoding: metrics.exposition(), as: UTF8.self)
    }

    @Test func `an empty registry shows only what it dropped`() {
        #expect(text(metrics()) == dropped)
    }

    @Test func `a counter is shown with its description, its type and whole numbers`() {
        let metrics = metrics(["hits_total": "All hits."])
        Counter(label: "hits_total", dimensions: [("b", "2"), ("a", "1")], factory: metrics).increment(by: 41)
        Counter(label: "hits_total", factory: metrics).increment()
        Counter(label: "hits_total", dimensions: [("a", "1"), ("b", "2")], factory: metrics).increment()
        #expect(
            text(metrics)
                == dropped + """
                    # HELP hits_total All hits.
                    # TYPE hits_total counter
                    hits_total 1
                    hits_total{a="1",b="2"} 42

                    """
        )
    }

    @Test func `a counter of decimal numbers adds to the one of whole numbers`() {
        let metrics = metrics()
        FloatingPointCounter(label: "work", factory: metrics).increment(by: 0.25)
        Counter(label: "work", factory: metrics).increment(by: 2)
        #expect(text(metrics) == dropped + "# TYPE work counter\nwork 2.25\n")
    }

    @Test func `a gauge is shown as it was set last`() {
        let metrics = metrics()
        let gauge = Gauge(label: "open", factory: metrics)
        gauge.record(7)
        gauge.record(-1.5)
        #expect(text(metrics) == dropped + "# TYPE open gauge\nopen -1.5\n")
    }

    @Test func `a meter goes up and down and is a gauge`() {
        let metrics = metrics()
        let meter = Meter(label: "open", factory: metrics)
        meter.set(10)
        meter.increment()
        meter.decrement(by: 4)
        #expect(text(metrics) == dropped + "# TYPE open gauge\nopen 7\n")
        Gauge(label: "open", factory: metrics).record(3)
        #expect(text(metrics) == dropped + "# TYPE open gauge\nopen 3\n")
    }

    @Test func `a timer is a histogram in seconds whose buckets add up`() {
        let metrics = metrics(["took_seconds": "How long."])
        let timer = Metrics.Timer(label: "took_seconds", dimensions: [("tool", "x")], factory: metrics)
        timer.recordMilliseconds(1)
        timer.recordNanoseconds(1_000_001)
        timer.recordMilliseconds(250)
        timer.recordSeconds(3_600)
        timer.recordSeconds(4_000)
        #expect(
            text(metrics)
                == dropped + """
                    # HELP took_seconds How long.
                    # TYPE took_seconds histogram
                    took_seconds_bucket{tool="x",le="0.001"} 1
                    took_seconds_bucket{tool="x",le="0.0025"} 2
                    took_seconds_bucket{tool="x",le="0.005"} 2
                    took_seconds_bucket{tool="x",le="0.01"} 2
                    took_seconds_bucket{tool="x",le="0.025"} 2
                    took_seconds_bucket{tool="x",le="0.05"} 2
                    took_seconds_bucket{tool="x",le="0.1"} 2
                    took_seconds_bucket{tool="x",le="0.25"} 3
                    took_seconds_bucket{tool="x",le="0.5"} 3
                    took_seconds_bucket{tool="x",le="1"} 3
                    took_seconds_bucket{tool="x",le="2.5"} 3
                    took_seconds_bucket{tool="x",le="5"} 3
                    took_seconds_bucket{tool="x",le="10"} 3
                    took_seconds_bucket{tool="x",le="30"} 3
                    took_seconds_bucket{tool="x",le="60"} 3
                    took_seconds_bucket{tool="x",le="120"} 3
                    took_seconds_bucket{tool="x",le="300"} 3
                    took_seconds_bucket{tool="x",le="900"} 3
                    took_seconds_bucket{tool="x",le="3600"} 4
                    took_seconds_bucket{tool="x",le="+Inf"} 5
                    took_seconds_sum{tool="x"} 7600.252000001
                    took_seconds_count{tool="x"} 5

                    """
        )
    }

    @Test func `a recorder that aggregates is a histogram in powers of four`() {
        let metrics = metrics()
        let recorder = Recorder(label: "size", factory: metrics)
        recorder.record(4)
        recorder.record(5)
        recorder.record(2_000_000_000)
        #expect(
            text(metrics)
                == dropped + """
                    # TYPE size histogram
                    size_bucket{le="1"} 0
                    size_bucket{le="4"} 1
                    size_bucket{le="16"} 2
                    size_bucket{le="64"} 2
                    size_bucket{le="256"} 2
                    size_bucket{le="1024"} 2
                    size_bucket{le="4096"} 2
                    size_bucket{le="16384"} 2
                    size_bucket{le="65536"} 2
                    size_bucket{le="262144"} 2
                    size_bucket{le="1048576"} 2
                    size_bucket{le="4194304"} 2
                    size_bucket{le="16777216"} 2
                    size_bucket{le="67108864"} 2
                    size_bucket{le="268435456"} 2
                    size_bucket{le="1073741824"} 2
                    size_bucket{le="+Inf"} 3
                    size_sum 2000000009
                    size_count 3

                    """
        )
    }

    @Test func `values and descriptions are escaped`() {
        let metrics = metrics(["x": "a \\ \"b\"\nc"])
        Counter(label: "x", dimensions: [("p", "C:\\d \"q\"\nr\tё\u{1F600}\0")], factory: metrics).increment()
        #expect(
            text(metrics)
                == dropped + #"""
                    # HELP x a \\ "b"\nc
                    # TYPE x counter
                    x{p="C:\\d \"q\"\nr�ё😀�"} 1

                    """#
        )
    }

    @Test func `metrics are sorted by name and series by labels, whatever came first`() throws {
        let labels = ["z", "a", "ab", "a b"]
        let one = metrics()
        let other = metrics()
        for name in ["b", "a"] {
            for label in labels {
                Gauge(label: name, dimensions: [("l", label)], factory: one).record(1)
            }
        }
        for label in labels.reversed() {
            for name in ["a", "b"] {
                Gauge(label: name, dimensions: [("l", label)], factory: other).record(1)
            }
        }
        #expect(one.exposition() == other.exposition())
        let lines = text(one).split(separator: "\n").filter { $0.hasPrefix("a{") }
        #expect(lines == [#"a{l="a b"} 1"#, #"a{l="a"} 1"#, #"a{l="ab"} 1"#, #"a{l="z"} 1"#])
    }

    @Test(arguments: [
        (0, "0"), (-0.0, "0"), (1, "1"), (0.1, "0.1"), (-2.5, "-2.5"), (1e20, "1e+20"),
        (.leastNonzeroMagnitude, "5e-324"),
        (9_007_199_254_740_991, "9007199254740991"), (.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
    ])
    func `numbers are written so that they can be read back`(value: Double, text: String) {
        #expect(ExpositionWriter.text(value) == text)
    }

    @Test func `what the process uses is shown under the usual names`() throws {
        let exposition = try Exposition(PrometheusMetrics())
        #expect(exposition.types["process_open_fds"] == "gauge")
        #expect(exposition.types["process_cpu_seconds_total"] == "counter")
        let memory = try #require(exposition["process_resident_memory_bytes"].flatMap { Double($0) })
        #expect(memory > 1_048_576)
        #expect(try #require(exposition["process_start_time_seconds"].flatMap { Double($0) }) > 1_700_000_000)
    }
}
