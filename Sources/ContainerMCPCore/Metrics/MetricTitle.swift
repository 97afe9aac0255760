// SPDX-License-Identifier: Apache-2.0

/// What the metrics of a server are called: fixed, since dashboards and alerts name them.
enum MetricTitle {
    static let auditFailures = "container_mcp_audit_failures_total"
    static let authenticationFailures = "container_mcp_authentication_failures_total"
    static let build = "container_mcp_build_info"
    static let callDuration = "container_mcp_call_duration_seconds"
    static let calls = "container_mcp_calls_total"
    static let connections = "container_mcp_connections_open"
    static let droppedNotifications = "container_mcp_notifications_dropped_total"
    static let droppedOutput = "container_mcp_output_dropped_bytes_total"
    static let launcherRestarts = "container_mcp_launcher_restarts_total"
    static let liveTasks = "container_mcp_tasks_live"
    static let refusals = "container_mcp_requests_refused_total"
    static let requests = "container_mcp_requests_total"
    static let responses = "container_mcp_http_responses_total"
    static let running = "container_mcp_calls_running"
    static let sandboxLevel = "container_mcp_sandbox_level"
    static let sessions = "container_mcp_sessions_open"
    static let streams = "container_mcp_streams_open"
    static let subscriptions = "container_mcp_subscriptions_open"
    static let tasks = "container_mcp_tasks_ended_total"
    static let waiting = "container_mcp_calls_waiting"
}
