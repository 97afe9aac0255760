// SPDX-License-Identifier: Apache-2.0

import Metrics
import Testing

@testable import ContainerMCPCore

@Suite struct MetricSeriesTests {
    private let metrics = PrometheusMetrics(descriptions: [:], includesProcess: false)

    @Test func `many tasks that add lose nothing`() async throws {
        let metrics = metrics
        await withDiscardingTaskGroup { group in
            for task in 0..<16 {
                group.addTask {
                    // Each makes its own instruments: they share what is behind them.
                    let counter = Counter(label: "c", dimensions: [("l", "\(task % 2)")], factory: metrics)
                    let decimals = FloatingPointCounter(label: "d", factory: metrics)
                    let meter = Meter(label: "m", factory: metrics)
                    let timer = Metrics.Timer(label: "t", factory: metrics)
                    let recorder = Recorder(label: "r", factory: metrics)
                    for step in 0..<2_000 {
                        counter.increment(by: 3)
                        decimals.increment(by: 0.5)
                        meter.increment(by: 2)
                        meter.decrement()
                        timer.recordNanoseconds(Int64(step % 2) * 1_000_000_000 + 1)
                        recorder.record(2)
                        if step % 500 == 0 { _ = metrics.exposition() }
                    }
                }
            }
        }
        let exposition = try Exposition(metrics)
        #expect(exposition[#"c{l="0"}"#] == "48000")
        #expect(exposition[#"c{l="1"}"#] == "48000")
        #expect(exposition["d"] == "16000")
        #expect(exposition["m"] == "32000")
        #expect(exposition[#"t_bucket{le="0.001"}"#] == "16000")
        #expect(exposition[#"t_bucket{le="1"}"#] == "16000")
        #expect(exposition[#"t_bucket{le="2.5"}"#] == "32000")
        #expect(exposition["t_count"] == "32000")
        #expect(exposition["t_sum"] == "16000.000032")
        #expect(exposition["r_sum"] == "64000")
    }

    @Test func `a counter never goes down and stays at the largest number`() throws {
        let handler = metrics.makeCounter(label: "c", dimensions: [])
        handler.increment(by: 5)
        handler.increment(by: -3)
        handler.increment(by: Int64.min)
        #expect(try Exposition(metrics)["c"] == "5")
        handler.increment(by: Int64.max)
        handler.increment(by: Int64.max)
        #expect(try Exposition(metrics)["c"] == "9223372036854775807")
        handler.reset()
        #expect(try Exposition(metrics)["c"] == "0")
    }

    @Test(arguments: [-1, -0.0, .nan, .infinity, -.infinity])
    func `a counter of decimal numbers takes nothing that is no amount`(amount: Double) throws {
        let handler = metrics.makeFloatingPointCounter(label: "c", dimensions: [])
        handler.increment(by: 1.5)
        handler.increment(by: amount)
        #expect(try Exposition(metrics)["c"] == "1.5")
    }

    @Test func `a counter of decimal numbers stays finite`() throws {
        let handler = metrics.makeFloatingPointCounter(label: "c", dimensions: [])
        for _ in 0..<3 { handler.increment(by: Double.greatestFiniteMagnitude) }
        #expect(try Exposition(metrics)["c"] == "\(Double.greatestFiniteMagnitude)")
    }

    @Test func `a gauge shows what is no number and goes on after it`() throws {
        let gauge = Gauge(label: "g", factory: metrics)
        gauge.record(Double.nan)
        #expect(try Exposition(metrics)["g"] == "NaN")
        let meter = Meter(label: "g", factory: metrics)
        meter.increment()
        #expect(try Exposition(metrics)["g"] == "NaN")
        meter.set(-Double.infinity)
        #expect(try Exposition(metrics)["g"] == "-Inf")
        meter.set(2)
        meter.increment(by: Double.nan)
        meter.decrement(by: -7.0)
        #expect(try Exposition(metrics)["g"] == "2")
    }

    @Test func `a timer takes any duration`() throws {
        let handler = metrics.makeTimer(label: "t", dimensions: [])
        handler.recordNanoseconds(-1)
        handler.recordNanoseconds(Int64.min)
        handler.recordNanoseconds(Int64.max)
        handler.recordNanoseconds(Int64.max)
        let exposition = try Exposition(metrics)
        #expect(exposition[#"t_bucket{le="0.001"}"#] == "2")
        #expect(exposition[#"t_bucket{le="3600"}"#] == "2")
        #expect(exposition[#"t_bucket{le="+Inf"}"#] == "4")
        #expect(exposition["t_sum"] == ExpositionWriter.text(Double(Int64.max) / 1e9))
    }

    @Test func `a recorder leaves out what would spoil the sum`() throws {
        let handler = metrics.makeRecorder(label: "r", dimensions: [], aggregate: true)
        for value in [Double.nan, .infinity, -.infinity, -4, 12] { handler.record(value) }
        handler.record(Int64.min)
        handler.record(Double.greatestFiniteMagnitude)
        handler.record(Double.greatestFiniteMagnitude)
        let exposition = try Exposition(metrics)
        #expect(exposition["r_count"] == "5")
        #expect(exposition[#"r_bucket{le="1"}"#] == "2")
        #expect(exposition["r_sum"].flatMap { Double($0) }?.isFinite == true)
    }

    @Test func `every bucket holds what is equal to its bound`() {
        for bounds in [HistogramBounds.seconds, .amounts] {
            for (index, bound) in bounds.values.enumerated() {
                #expect(bounds.index(of: bound) == index)
                #expect(bounds.index(of: bound.nextUp) == index + 1)
            }
            #expect(bounds.values == bounds.values.sorted())
            #expect(bounds.texts.compactMap { Double($0) } == bounds.values)
        }
    }
}
