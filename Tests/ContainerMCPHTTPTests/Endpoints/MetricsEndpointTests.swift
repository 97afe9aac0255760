// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import Testing

@testable import ContainerMCPHTTP

@Suite struct MetricsEndpointTests {
    @Test func `metrics are answered in the text format`() {
        let metrics = PrometheusMetrics()
        ServerMetrics(metrics).callEnded(tool: "file_read", outcome: .success, duration: .milliseconds(2))
        let reply = MetricsEndpoint(metrics).reply()
        #expect(reply.status == 200)
        #expect(
            reply.fields == [.init(name: "content-type", value: "text/plain; version=0.0.4; charset=utf-8")]
        )
        let text = String(decoding: reply.body, as: UTF8.self)
        #expect(text.contains("\ncontainer_mcp_calls_total{outcome=\"success\",tool=\"file_read\"} 1\n"))
        #expect(text.contains("\nprocess_open_fds "))
    }

    @Test func `where there are no metrics there is nothing`() {
        let reply = MetricsEndpoint(nil).reply()
        #expect(reply.status == 404)
        #expect(reply.fields == [.init(name: "content-type", value: "text/plain; charset=utf-8")])
        #expect(String(decoding: reply.body, as: UTF8.self) == "there are no metrics here\n")
    }
}
