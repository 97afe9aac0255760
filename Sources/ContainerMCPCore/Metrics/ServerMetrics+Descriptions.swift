// SPDX-License-Identifier: Apache-2.0

extension ServerMetrics {
    /// What each metric of a server means, by its name.
    public static let descriptions: [String: String] = [
        MetricTitle.auditFailures: "Lines of the audit log that were not written; such calls are refused.",
        MetricTitle.authenticationFailures: "Requests that were not authenticated, by reason.",
        MetricTitle.build: "Always 1; the label holds the version of the server.",
        MetricTitle.callDuration: "Seconds from a call to its answer, waiting included, by tool.",
        MetricTitle.calls: "Calls that have ended, by tool and outcome.",
        MetricTitle.connections: "HTTP connections that are open.",
        MetricTitle.droppedNotifications: "Notifications that did not get to the client, by reason.",
        MetricTitle.droppedOutput: "Bytes of output of programs that no reply holds.",
        MetricTitle.launcherRestarts: "How often the launcher of the sandbox was lost and started again.",
        MetricTitle.liveTasks: "Tasks that have not ended.",
        MetricTitle.refusals: "Requests refused before anything looked at what they want, by reason.",
        MetricTitle.requests: "Requests of the protocol that were answered, by transport, era and result.",
        MetricTitle.responses: "HTTP responses, by class of status.",
        MetricTitle.running: "Calls that run, by kind of place.",
        MetricTitle.sandboxLevel: "1 for the level at which programs are confined, 0 for the others.",
        MetricTitle.sessions: "Sessions that are open.",
        MetricTitle.streams: "Streams of events that are open.",
        MetricTitle.subscriptions: "Subscriptions to changes that are open.",
        MetricTitle.tasks: "Tasks that have ended, by outcome.",
        MetricTitle.waiting: "Calls that wait for a place, by kind of place.",
    ]
}
