// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import Metrics
import Testing

@testable import ContainerMCPCore

@Suite struct ServerMetricsTests {
    private let prometheus = PrometheusMetrics(includesProcess: false)
    private let metrics: ServerMetrics

    init() {
        metrics = ServerMetrics(prometheus)
    }

    private func read() throws -> Exposition {
        try Exposition(prometheus)
    }

    @Test func `calls are counted by tool and outcome and measured by tool`() throws {
        metrics.callEnded(tool: "file_read", outcome: .success, duration: .milliseconds(3))
        metrics.callEnded(tool: "file_read", outcome: .success, duration: .milliseconds(4))
        metrics.callEnded(tool: "file_read", outcome: .denied, duration: .zero)
        metrics.callEnded(tool: nil, outcome: .notFound, duration: .zero)
        let exposition = try read()
        #expect(exposition[#"container_mcp_calls_total{outcome="success",tool="file_read"}"#] == "2")
        #expect(exposition[#"container_mcp_calls_total{outcome="denied",tool="file_read"}"#] == "1")
        #expect(exposition[#"container_mcp_calls_total{outcome="not_found",tool="unknown"}"#] == "1")
        #expect(exposition[#"container_mcp_call_duration_seconds_count{tool="file_read"}"#] == "3")
        #expect(exposition[#"container_mcp_call_duration_seconds_sum{tool="file_read"}"#] == "0.007")
    }

    @Test func `tools after the 256th have no labels of their own`() throws {
        let factory = CountingFactory()
        let metrics = ServerMetrics(factory)
        let before = factory.counters
        for tool in 0..<2_000 { metrics.callEnded(tool: "t\(tool)", outcome: .success, duration: .zero) }
        #expect(factory.counters - before == 257)
    }

    @Test(arguments: [
        ("success", ServerMetrics.CallOutcome.success), ("timeout", .timeout), ("limit_memory", .limit),
        ("limit_output", .limit), ("limit_exceeded", .limitExceeded), ("no_sandbox", .noSandbox),
        ("internal", .internal), ("", .other), ("Success", .other), ("/etc/passwd", .other),
    ])
    func `words of the audit log become outcomes, unknown ones one`(
        word: String,
        outcome: ServerMetrics.CallOutcome
    ) {
        #expect(ServerMetrics.CallOutcome(word: word) == outcome)
    }

    @Test(arguments: [
        (Duration.zero, Int64(0)), (.nanoseconds(1), 1), (.seconds(-1), 0), (.nanoseconds(-1), 0),
        (.seconds(Int64.max), .max), (.seconds(3_600), 3_600_000_000_000),
        (Duration(secondsComponent: 9_223_372_036, attosecondsComponent: 999_999_999_999_999_999), .max),
    ])
    func `any duration can be recorded`(duration: Duration, nanoseconds: Int64) {
        #expect(ServerMetrics.nanoseconds(duration) == nanoseconds)
    }

    @Test func `requests are counted by transport, era and result`() throws {
        metrics.requestAnswered(over: .http, era: .modern)
        metrics.requestAnswered(over: .sse, era: .legacy, error: .methodNotFound)
        metrics.requestAnswered(over: .sse, era: .legacy, error: .headerMismatch)
        metrics.requestAnswered(over: .sse, era: .legacy, error: .init(rawValue: Int.min))
        let exposition = try read()
        let name = "container_mcp_requests_total"
        #expect(exposition[#"\#(name){era="modern",result="result",transport="http"}"#] == "1")
        #expect(exposition[#"\#(name){era="legacy",result="method_not_found",transport="sse"}"#] == "1")
        #expect(exposition[#"\#(name){era="legacy",result="server_error",transport="sse"}"#] == "1")
        #expect(exposition[#"\#(name){era="legacy",result="other_error",transport="sse"}"#] == "1")
    }

    @Test func `responses in messages are counted, and nothing else in them`() throws {
        let result: JSONValue = ["jsonrpc": "2.0", "id": 1, "result": [:]]
        let error: JSONValue = ["jsonrpc": "2.0", "id": 2, "error": ["code": -32700, "message": "x"]]
        let odd: JSONValue = ["jsonrpc": "2.0", "id": 2, "error": "x"]
        let notification: JSONValue = ["jsonrpc": "2.0", "method": "m", "params": ["result": 1], "result": 1]
        metrics.messageSent(result, over: .stdio, era: .legacy)
        metrics.messageSent([result, error, notification, 1], over: .stdio, era: .legacy)
        metrics.messageSent(odd, over: .stdio, era: .legacy)
        let others: [JSONValue] = [notification, [], [:], "result", .null]
        for other in others { metrics.messageSent(other, over: .stdio, era: .legacy) }
        let samples = try read().samples.filter { $0.key.hasPrefix("container_mcp_requests_total{") }
        #expect(
            samples == [
                #"container_mcp_requests_total{era="legacy",result="result",transport="stdio"}"#: "2",
                #"container_mcp_requests_total{era="legacy",result="parse_error",transport="stdio"}"#: "1",
                #"container_mcp_requests_total{era="legacy",result="other_error",transport="stdio"}"#: "1",
            ]
        )
    }

    @Test func `what is open, runs or waits is shown as it was told last`() throws {
        metrics.placesChanged(.exec, running: 4, waiting: 9)
        metrics.placesChanged(.exec, running: 3, waiting: 0)
        metrics.sessionsChanged(open: 5)
        metrics.connectionsChanged(open: 6)
        metrics.subscriptionsChanged(open: 7)
        metrics.tasksChanged(live: 8)
        metrics.streamOpened()
        metrics.streamOpened()
        metrics.streamClosed()
        let exposition = try read()
        #expect(exposition[#"container_mcp_calls_running{kind="exec"}"#] == "3")
        #expect(exposition[#"container_mcp_calls_waiting{kind="exec"}"#] == "0")
        #expect(exposition[#"container_mcp_calls_running{kind="web"}"#] == "0")
        #expect(exposition["container_mcp_sessions_open"] == "5")
        #expect(exposition["container_mcp_connections_open"] == "6")
        #expect(exposition["container_mcp_subscriptions_open"] == "7")
        #expect(exposition["container_mcp_tasks_live"] == "8")
        #expect(exposition["container_mcp_streams_open"] == "1")
    }

    @Test func `refusals, drops and failures are counted by their reasons`() throws {
        metrics.responseBegan(status: 204)
        metrics.responseBegan(status: 421)
        metrics.responseBegan(status: -1)
        metrics.authenticationFailed(.invalid)
        metrics.requestRefused(.origin)
        metrics.notificationDropped(.rate)
        metrics.notificationDropped(.slowReader, count: 10)
        metrics.notificationDropped(.slowReader, count: -10)
        metrics.outputDropped(bytes: 1_000)
        metrics.outputDropped(bytes: -1)
        metrics.taskEnded(ServerMetrics.TaskOutcome(.cancelled))
        metrics.auditFailed()
        metrics.launcherRestarted()
        let exposition = try read()
        #expect(exposition[#"container_mcp_http_responses_total{class="2xx"}"#] == "1")
        #expect(exposition[#"container_mcp_http_responses_total{class="4xx"}"#] == "1")
        #expect(exposition[#"container_mcp_http_responses_total{class="other"}"#] == "1")
        #expect(exposition[#"container_mcp_authentication_failures_total{reason="invalid"}"#] == "1")
        #expect(exposition[#"container_mcp_requests_refused_total{reason="origin"}"#] == "1")
        #expect(exposition[#"container_mcp_requests_refused_total{reason="host"}"#] == "0")
        #expect(exposition[#"container_mcp_notifications_dropped_total{reason="rate"}"#] == "1")
        #expect(exposition[#"container_mcp_notifications_dropped_total{reason="slow_reader"}"#] == "10")
        #expect(exposition["container_mcp_output_dropped_bytes_total"] == "1000")
        #expect(exposition[#"container_mcp_tasks_ended_total{outcome="cancelled"}"#] == "1")
        #expect(exposition["container_mcp_audit_failures_total"] == "1")
        #expect(exposition["container_mcp_launcher_restarts_total"] == "1")
    }

    @Test func `one level of the sandbox is marked`() throws {
        metrics.serverStarted(version: "1.2.3")
        metrics.sandboxStarted(at: .full)
        metrics.sandboxStarted(at: .filtered)
        let exposition = try read()
        #expect(exposition[#"container_mcp_build_info{version="1.2.3"}"#] == "1")
        #expect(exposition[#"container_mcp_sandbox_level{level="filtered"}"#] == "1")
        #expect(exposition[#"container_mcp_sandbox_level{level="full"}"#] == "0")
    }

    @Test func `every metric of a server has a description and every description a metric`() throws {
        metrics.serverStarted(version: "1")
        metrics.callEnded(tool: "t", outcome: .success, duration: .zero)
        metrics.requestAnswered(over: .stdio, era: .modern)
        let exposition = try read()
        let named = Set(exposition.types.keys).subtracting([PrometheusMetrics.droppedName])
        #expect(named == Set(ServerMetrics.descriptions.keys))
        for name in named { #expect(exposition.block(name).hasPrefix("# HELP \(name) ")) }
    }

    @Test func `a server has room for its own labels many times over`() throws {
        for tool in 0..<12 {
            for outcome in ServerMetrics.CallOutcome.allCases {
                metrics.callEnded(tool: "t\(tool)", outcome: outcome, duration: .zero)
            }
        }
        for transport in ServerMetrics.Transport.allCases {
            for code in [-32700, -32600, -32601, -32602, -32603, -32000, 1] {
                for era in [ProtocolEra.legacy, .modern] {
                    metrics.requestAnswered(over: transport, era: era, error: .init(rawValue: code))
                }
            }
        }
        let exposition = try read()
        #expect(exposition["container_mcp_metrics_dropped_total"] == "0")
        #expect(!exposition.text.contains("overflow="))
    }

    @Test func `a factory of an embedding program gets everything, also one without meters`() {
        let factory = CountingFactory()
        let metrics = ServerMetrics(factory)
        metrics.callEnded(tool: "t", outcome: .success, duration: .seconds(1))
        metrics.streamOpened()
        metrics.streamClosed()
        #expect(
            factory.recorded == [
                "container_mcp_call_duration_seconds": 1, "container_mcp_streams_open": 2,
            ]
        )
        #expect(factory.counted == ["container_mcp_calls_total": 1])
    }

    @Test func `nothing is recorded where nobody asked for it`() {
        let metrics = ServerMetrics.disabled
        metrics.callEnded(tool: "t", outcome: .success, duration: .seconds(1))
        metrics.sandboxStarted(at: .none)
        metrics.streamClosed()
    }
}
