// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol
public import Logging

/// What a service offers beside tools, and how it keeps what outlives a request.
public struct ServiceOptions: Sendable {
    /// The server's name for people.
    public var title: String
    /// One sentence about the server.
    public var summary: String
    /// Pictures for the server.
    public var icons: [Icon]
    /// Bounds for tasks; nil to offer none.
    public var tasks: JobLimits?
    /// Keys that seal what clients bring back, each of 32 bytes or more: the first seals, all open.
    ///
    /// Empty for a random one, which is good for one process.
    public var stateKeys: [[UInt8]]
    /// What identifiers of tasks begin with; tells replicas apart.
    public var replicaTag: String?
    /// How long a task may run whose tool names no time.
    public var taskTimeout: Duration
    /// Where it is counted what happens; nowhere by default.
    public var metrics: ServerMetrics
    /// Where failures of the storage go.
    public var logger: Logger
    /// Where tasks of authenticated callers are recorded; nil for memory only.
    public var taskStorage: JobStorage?
    /// The time in seconds since 1970 for what is sealed; nil for that of the system.
    var sealTime: (@Sendable () -> Int64)?
    /// The time in milliseconds since 1970 for tasks; nil for that of the system.
    var taskTime: (@Sendable () -> Int64)?

    /// Makes options; everything on, nothing on disk.
    public init(
        title: String = "Container-MCP",
        summary: String = "Runs commands and Python and works with files, confined by the kernel.",
        icons: [Icon] = [],
        tasks: JobLimits? = JobLimits(),
        stateKeys: [[UInt8]] = [],
        replicaTag: String? = nil,
        taskTimeout: Duration = .seconds(3600),
        taskStorage: JobStorage? = nil,
        metrics: ServerMetrics = .disabled,
        logger: Logger = Logger(label: "container-mcp") { _ in SwiftLogNoOpLogHandler() }
    ) {
        self.title = title
        self.summary = summary
        self.icons = icons
        self.tasks = tasks
        self.stateKeys = stateKeys
        self.replicaTag = replicaTag
        self.taskTimeout = taskTimeout
        self.metrics = metrics
        self.logger = logger
        self.taskStorage = taskStorage
    }
}
