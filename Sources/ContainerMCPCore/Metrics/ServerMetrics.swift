// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol
public import ContainerMCPSandbox
public import Metrics

/// What a server counts and measures.
///
/// It records to any factory of swift-metrics; the factory of the process is neither set nor used. Labels
/// hold names of tools on offer and words of fixed lists only: no path, no argument, no session, no subject,
/// no address. All methods may be called from any thread, never wait for long and never fail.
public final class ServerMetrics: Sendable {
    /// Records nothing.
    public static let disabled = ServerMetrics()

    private let factory: any MetricsFactory
    private let tools: ToolInstruments
    private let requests: RequestCounters
    private let running: [PlaceKind: Gauge]
    private let waiting: [PlaceKind: Gauge]
    private let levels: [SandboxLevel: Gauge]
    private let responses: LabelledCounters<StatusClass>
    private let authentication: LabelledCounters<AuthenticationFailure>
    private let refusals: LabelledCounters<Refusal>
    private let tasks: LabelledCounters<TaskOutcome>
    private let dropped: LabelledCounters<NotificationDrop>
    private let droppedOutput: Counter
    private let auditFailures: Counter
    private let launcherRestarts: Counter
    private let sessions: Gauge
    private let connections: Gauge
    private let subscriptions: Gauge
    private let liveTasks: Gauge
    private let streams: Meter

    /// Makes the instruments of one server.
    ///
    /// - Parameter factory: Where they record; nowhere by default. Give two servers of one process factories
    ///   of their own: numbers of what is open would overwrite each other.
    public init(_ factory: any MetricsFactory = NOOPMetricsHandler.instance) {
        self.factory = factory
        tools = ToolInstruments(factory)
        requests = RequestCounters(factory)
        running = Self.gauges(MetricTitle.running, "kind", factory)
        waiting = Self.gauges(MetricTitle.waiting, "kind", factory)
        levels = Self.gauges(MetricTitle.sandboxLevel, "level", factory)
        responses = LabelledCounters(MetricTitle.responses, "class", factory)
        authentication = LabelledCounters(MetricTitle.authenticationFailures, "reason", factory)
        refusals = LabelledCounters(MetricTitle.refusals, "reason", factory)
        tasks = LabelledCounters(MetricTitle.tasks, "outcome", factory)
        dropped = LabelledCounters(MetricTitle.droppedNotifications, "reason", factory)
        droppedOutput = Counter(label: MetricTitle.droppedOutput, factory: factory)
        auditFailures = Counter(label: MetricTitle.auditFailures, factory: factory)
        launcherRestarts = Counter(label: MetricTitle.launcherRestarts, factory: factory)
        sessions = Gauge(label: MetricTitle.sessions, factory: factory)
        connections = Gauge(label: MetricTitle.connections, factory: factory)
        subscriptions = Gauge(label: MetricTitle.subscriptions, factory: factory)
        liveTasks = Gauge(label: MetricTitle.liveTasks, factory: factory)
        streams = Meter(label: MetricTitle.streams, factory: factory)
    }

    private static func gauges<Value>(
        _ name: String,
        _ label: String,
        _ factory: any MetricsFactory
    ) -> [Value: Gauge] where Value: RawRepresentable & CaseIterable & Hashable, Value.RawValue == String {
        Dictionary(
            uniqueKeysWithValues: Value.allCases.map { value in
                (value, Gauge(label: name, dimensions: [(label, value.rawValue)], factory: factory))
            }
        )
    }
}

extension ServerMetrics {
    /// Takes the news that a server runs.
    ///
    /// - Parameter version: Its version.
    public func serverStarted(version: String) {
        Gauge(label: MetricTitle.build, dimensions: [("version", version)], factory: factory).record(1)
    }

    /// Takes the news that programs are confined at a level from now on.
    public func sandboxStarted(at level: SandboxLevel) {
        for (other, gauge) in levels { gauge.record(other == level ? 1 : 0) }
    }

    /// Takes the news that the launcher was lost and is there again.
    public func launcherRestarted() {
        launcherRestarts.increment()
    }

    /// Takes the news that a line of the audit log could not be written.
    public func auditFailed() {
        auditFailures.increment()
    }
}

extension ServerMetrics {
    /// Takes the news that a call has ended.
    ///
    /// - Parameters:
    ///   - tool: The name of a tool on offer, or a method such as `resources/read`; nil where the caller
    ///     named a tool that there is not. Never what a caller sent. Names after the 256th count as none.
    ///   - outcome: How it ended.
    ///   - duration: How long the caller waited; negative ones count as none.
    public func callEnded(tool: String?, outcome: CallOutcome, duration: Duration) {
        let (calls, timer) = tools.instruments(of: tool, outcome)
        calls.increment()
        timer.recordNanoseconds(Self.nanoseconds(duration))
    }

    /// Takes the news that calls run or wait.
    ///
    /// To be called where the numbers change and under what guards them, so that the last word is the newest.
    ///
    /// - Parameters:
    ///   - kind: Which places.
    ///   - running: How many calls have one.
    ///   - waiting: How many wait for one.
    public func placesChanged(_ kind: PlaceKind, running: Int, waiting: Int) {
        self.running[kind]?.record(Int64(running))
        self.waiting[kind]?.record(Int64(waiting))
    }

    /// Takes the news that a reply holds less than a program has written.
    ///
    /// - Parameter bytes: How much is missing; nothing is counted below 1.
    public func outputDropped(bytes: Int) {
        guard bytes > 0 else { return }
        droppedOutput.increment(by: Int64(bytes))
    }

    /// Takes the news that a task has ended.
    public func taskEnded(_ outcome: TaskOutcome) {
        tasks.increment(outcome)
    }

    /// Takes the news of how many tasks have not ended; see ``placesChanged(_:running:waiting:)``.
    public func tasksChanged(live: Int) {
        liveTasks.record(Int64(live))
    }

    static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isTooLongWithRest) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return isTooLong || isTooLongWithRest ? .max : sum
    }
}

extension ServerMetrics {
    /// Takes the news that a request of the protocol was answered.
    ///
    /// - Parameters:
    ///   - transport: The way on which it came.
    ///   - era: How it keeps its state.
    ///   - error: The kind of error that it was answered with; nil for a result.
    public func requestAnswered(over transport: Transport, era: ProtocolEra, error: JSONRPCError.Code? = nil)
    {
        requests.increment(transport, era, error.map { RequestResult($0) } ?? .result)
    }

    /// Takes a message that goes out, and counts what it answers: one request, or those of a batch.
    ///
    /// - Parameters:
    ///   - message: Anything; what is no response of JSON-RPC is not counted.
    ///   - transport: The way on which it goes.
    ///   - era: How the conversation keeps its state.
    public func messageSent(_ message: JSONValue, over transport: Transport, era: ProtocolEra) {
        for response in message.arrayValue ?? [message] {
            guard let object = response.objectValue, object["method"] == nil else { continue }
            if let error = object["error"] {
                let code = error["code"]?.intValue ?? 0
                requestAnswered(over: transport, era: era, error: JSONRPCError.Code(rawValue: code))
            } else if object["result"] != nil {
                requestAnswered(over: transport, era: era)
            }
        }
    }

    /// Takes the news that a notification did not get to the client.
    ///
    /// - Parameters:
    ///   - reason: Why.
    ///   - count: How many; nothing is counted below 1.
    public func notificationDropped(_ reason: NotificationDrop, count: Int = 1) {
        dropped.increment(reason, by: Int64(count))
    }

    /// Takes the news of how many subscriptions are open; see ``placesChanged(_:running:waiting:)``.
    public func subscriptionsChanged(open: Int) {
        subscriptions.record(Int64(open))
    }
}

extension ServerMetrics {
    /// Takes the news that the head of an HTTP response was written.
    ///
    /// - Parameter status: Its status.
    public func responseBegan(status: Int) {
        responses.increment(StatusClass(status))
    }

    /// Takes the news that a request was not authenticated.
    public func authenticationFailed(_ reason: AuthenticationFailure) {
        authentication.increment(reason)
    }

    /// Takes the news that a request was refused before anything looked at what it wants.
    public func requestRefused(_ reason: Refusal) {
        refusals.increment(reason)
    }

    /// Takes the news of how many sessions are open; see ``placesChanged(_:running:waiting:)``.
    public func sessionsChanged(open: Int) {
        sessions.record(Int64(open))
    }

    /// Takes the news of how many connections are open; see ``placesChanged(_:running:waiting:)``.
    public func connectionsChanged(open: Int) {
        connections.record(Int64(open))
    }

    /// Takes the news that a stream of events was opened; each is closed once, by ``streamClosed()``.
    public func streamOpened() {
        streams.increment()
    }

    /// Takes the news that a stream of events was closed.
    public func streamClosed() {
        streams.decrement()
    }
}
