// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct MetricNameTests {
    @Test(arguments: [
        ("calls_total", "calls_total"), ("job:rate5m", "job:rate5m"), ("a.b-c d", "a_b_c_d"), ("", "_"),
        ("9lives", "_9lives"), ("größe", "gr__e"), ("x\ny{} 1", "x_y___1"),
        ("\u{1F600}", "_"), ("a\u{301}", "a_"),
    ])
    func `a name of a metric holds only what it may`(text: String, name: String) {
        #expect(MetricName.metric(text, limit: 200) == name)
    }

    @Test(arguments: [
        ("tool", "tool"), ("a:b", "a_b"), ("__name__", "_name__"), ("___", "_"), ("", "_"), ("1", "_1"),
    ])
    func `a name of a label is none that Prometheus keeps for itself`(text: String, name: String) {
        #expect(MetricName.label(text, limit: 64) == name)
    }

    @Test func `a name has an end`() {
        #expect(MetricName.metric(String(repeating: "x", count: 1_000_000), limit: 200).utf8.count == 200)
    }
}
