// SPDX-License-Identifier: Apache-2.0

import Metrics
import Testing

@testable import ContainerMCPCore

@Suite struct MetricRegistryTests {
    private let metrics = PrometheusMetrics(descriptions: [:], includesProcess: false)

    private func count(_ name: String, _ label: String) {
        Counter(label: name, dimensions: [("l", label)], factory: metrics).increment()
    }

    @Test func `sets of labels beyond 200 of a name are counted together`() throws {
        for label in 0..<1_000 { count("c", "\(label)") }
        // Those that are there already go on.
        count("c", "0")
        count("other", "0")
        let exposition = try Exposition(metrics)
        #expect(exposition.samples.keys.count { $0.hasPrefix("c{") } == 201)
        #expect(exposition[#"c{l="0"}"#] == "2")
        #expect(exposition[#"c{l="200"}"#] == nil)
        #expect(exposition[#"c{overflow="true"}"#] == "800")
        #expect(exposition[#"other{l="0"}"#] == "1")
        #expect(exposition["container_mcp_metrics_dropped_total"] == "800")
    }

    @Test func `timers have an overflow of their own kind`() throws {
        for label in 0..<300 {
            Metrics.Timer(label: "t", dimensions: [("l", "\(label)")], factory: metrics).recordNanoseconds(1)
        }
        let exposition = try Exposition(metrics)
        #expect(exposition[#"t_count{overflow="true"}"#] == "100")
        #expect(exposition[#"t_bucket{overflow="true",le="+Inf"}"#] == "100")
    }

    @Test func `there are 2,000 sets of labels in all`() throws {
        for name in 0..<20 {
            for label in 0..<150 { count("c\(name)", "\(label)") }
        }
        let exposition = try Exposition(metrics)
        let sets = exposition.samples.keys.count { $0.contains("{l=") }
        #expect(sets == 2_000)
        #expect(exposition[#"c19{overflow="true"}"#] == "150")
        #expect(exposition["container_mcp_metrics_dropped_total"] == "1000")
    }

    @Test func `there are 500 names`() throws {
        for name in 0..<600 { count("c\(name)", "x") }
        let exposition = try Exposition(metrics)
        #expect(exposition.types.count == 501)
        #expect(exposition["container_mcp_metrics_dropped_total"] == "100")
    }

    @Test func `labels take 256 KiB together`() throws {
        let long = String(repeating: "\"", count: 200)
        for name in 0..<10 {
            for set in 0..<200 {
                let labels = (0..<8).map { ("l\($0)", $0 == 0 ? "\(set)" : long) }
                Counter(label: "c\(name)", dimensions: labels, factory: metrics).increment()
            }
        }
        let exposition = try Exposition(metrics)
        #expect(exposition.text.utf8.count < 300 << 10)
        #expect(exposition[#"c9{overflow="true"}"#] == "200")
    }

    @Test func `the label of the overflow belongs to it alone`() throws {
        Counter(label: "c", dimensions: [("overflow", "true")], factory: metrics).increment()
        for label in 0..<201 { count("c", "\(label)") }
        let exposition = try Exposition(metrics)
        #expect(exposition[#"c{overflow="true"}"#] == "2")
        #expect(exposition["container_mcp_metrics_dropped_total"] == "1")
    }

    @Test func `a name that another kind has gets its kind added`() throws {
        Counter(label: "x", factory: metrics).increment()
        Gauge(label: "x", factory: metrics).record(2)
        Metrics.Timer(label: "x", factory: metrics).recordNanoseconds(3)
        Recorder(label: "x", factory: metrics).record(4)
        let exposition = try Exposition(metrics)
        #expect(exposition["x"] == "1")
        #expect(exposition["x_gauge"] == "2")
        #expect(exposition["x_timer_count"] == "1")
        #expect(exposition["x_recorder_sum"] == "4")
        #expect(exposition.types["x_timer"] == "histogram")
    }

    @Test func `a metric can't pose as a part of a histogram`() throws {
        Metrics.Timer(label: "t", factory: metrics).recordNanoseconds(3)
        Counter(label: "t_count", factory: metrics).increment(by: 99)
        Counter(label: "u_sum", factory: metrics).increment(by: 7)
        Recorder(label: "u", factory: metrics).record(5)
        let exposition = try Exposition(metrics)
        #expect(exposition["t_count"] == "1")
        #expect(exposition["t_count_counter"] == "99")
        #expect(exposition["u_sum"] == "7")
        #expect(exposition["u_recorder_sum"] == "5")
    }

    @Test func `names of the registry and of the process can't be taken`() throws {
        let metrics = PrometheusMetrics(descriptions: [:])
        Counter(label: "container_mcp_metrics_dropped_total", factory: metrics).increment(by: 5)
        Gauge(label: "process_open_fds", factory: metrics).record(-5)
        let exposition = try Exposition(metrics)
        #expect(exposition["container_mcp_metrics_dropped_total"] == "0")
        #expect(exposition["container_mcp_metrics_dropped_total_counter"] == "5")
        #expect(exposition["process_open_fds"] != "-5")
        #expect(exposition["process_open_fds_gauge"] == "-5")
    }

    @Test func `a metric that finds neither name is recorded nowhere and counted`() throws {
        Counter(label: "x", factory: metrics).increment()
        Counter(label: "x_gauge", factory: metrics).increment()
        Gauge(label: "x", factory: metrics).record(2)
        let exposition = try Exposition(metrics)
        #expect(exposition["x_gauge"] == "1")
        #expect(exposition["container_mcp_metrics_dropped_total"] == "1")
    }

    @Test func `what is destroyed is gone and makes room`() throws {
        var counters: [Counter] = []
        for label in 0..<200 {
            counters.append(Counter(label: "c", dimensions: [("l", "\(label)")], factory: metrics))
        }
        counters[7].increment()
        counters[7].destroy()
        counters[7].increment()
        counters[7].destroy()
        #expect(try Exposition(metrics)[#"c{l="7"}"#] == nil)
        count("c", "new")
        #expect(try Exposition(metrics)[#"c{l="new"}"#] == "1")
        for counter in counters { counter.destroy() }
        Counter(label: "c", dimensions: [("l", "new")], factory: metrics).destroy()
        #expect(try Exposition(metrics).types["c"] == nil)
        // The name is free again, for any kind.
        Metrics.Timer(label: "c", factory: metrics).recordNanoseconds(1)
        #expect(try Exposition(metrics)["c_count"] == "1")
    }

    @Test func `destroying instruments of each kind takes them out`() throws {
        let decimals = FloatingPointCounter(label: "d", factory: metrics)
        let meter = Meter(label: "m", factory: metrics)
        let recorder = Recorder(label: "r", factory: metrics)
        let timer = Metrics.Timer(label: "t", factory: metrics)
        #expect(try Exposition(metrics).types.count == 5)
        decimals.destroy()
        meter.destroy()
        recorder.destroy()
        timer.destroy()
        #expect(try Exposition(metrics).types.count == 1)
    }

    @Test func `the overflow outlives one of those that share it`() throws {
        for label in 0..<200 { count("c", "\(label)") }
        let one = Counter(label: "c", dimensions: [("l", "a")], factory: metrics)
        let other = Counter(label: "c", dimensions: [("l", "b")], factory: metrics)
        one.increment()
        one.destroy()
        other.increment()
        #expect(try Exposition(metrics)[#"c{overflow="true"}"#] == "2")
    }

    @Test func `labels are told apart by their bytes`() throws {
        count("c", "\u{E9}")
        count("c", "e\u{301}")
        let text = try Exposition(metrics).text
        #expect(text.utf8.split(separator: UInt8(ascii: "\n")).count { $0.starts(with: "c{l=".utf8) } == 2)
    }

    @Test(arguments: [1, 2, 3])
    func `anything given as name or label is shown in a form that can be read`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let pieces = [
            "\"", "\\", "\n", "\r", "{", "}", ",", "=", " ", "#", "le", "__name__", "\u{0}", "é", "e\u{301}",
            "\u{2028}", "😀", "x", "1", "+Inf", "_count", ":",
        ]
        func text() -> String {
            (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }.joined()
        }
        for round in 0..<1_000 {
            let labels = (0..<(round / 4 % 4)).map { _ in (text(), text()) }
            switch round % 4 {
            case 0: Counter(label: text(), dimensions: labels, factory: metrics).increment()
            case 1: Gauge(label: text(), dimensions: labels, factory: metrics).record(Double.nan)
            case 2: Metrics.Timer(label: text(), dimensions: labels, factory: metrics).recordNanoseconds(1)
            default: Recorder(label: text(), dimensions: labels, factory: metrics).record(1)
            }
        }
        #expect(try Exposition(metrics).samples.count > 300)
    }
}
