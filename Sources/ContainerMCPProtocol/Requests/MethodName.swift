// SPDX-License-Identifier: Apache-2.0

/// The methods of MCP by their names on the wire.
public enum MethodName: String, Sendable, Hashable, CaseIterable {
    /// Opens a session.
    case initialize = "initialize"
    /// Asks for a sign of life.
    case ping = "ping"
    /// Asks what the server is and can do, without a session.
    case discover = "server/discover"
    /// Lists the tools.
    case listTools = "tools/list"
    /// Calls a tool.
    case callTool = "tools/call"
    /// Lists the resources.
    case listResources = "resources/list"
    /// Lists the patterns of resources.
    case listResourceTemplates = "resources/templates/list"
    /// Reads a resource.
    case readResource = "resources/read"
    /// Asks for news of a resource.
    case subscribeResource = "resources/subscribe"
    /// Asks for no more news of a resource.
    case unsubscribeResource = "resources/unsubscribe"
    /// Lists the prompts.
    case listPrompts = "prompts/list"
    /// Gets a prompt.
    case getPrompt = "prompts/get"
    /// Asks for ways to complete an argument.
    case complete = "completion/complete"
    /// Sets the level of log messages for a session.
    case setLogLevel = "logging/setLevel"
    /// Opens a stream of changes.
    case listen = "subscriptions/listen"
    /// Asks how a task is.
    case getTask = "tasks/get"
    /// Waits for what the call of a task would have answered.
    case taskResult = "tasks/result"
    /// Lists the tasks.
    case listTasks = "tasks/list"
    /// Gives up a task.
    case cancelTask = "tasks/cancel"
    /// Answers questions of a task.
    case updateTask = "tasks/update"

    /// Says that a session is ready.
    public static let initializedNotification = "notifications/initialized"
    /// Gives up a request.
    public static let cancelledNotification = "notifications/cancelled"
    /// Says how far a request got.
    public static let progressNotification = "notifications/progress"
    /// Carries a log message.
    public static let logNotification = "notifications/message"
    /// Says that a resource has changed.
    public static let resourceUpdatedNotification = "notifications/resources/updated"
    /// Says that what a user was asked to open has been dealt with; 2025-11-25 only.
    public static let elicitationCompleteNotification = "notifications/elicitation/complete"
    /// Says how a task is, in 2025-11-25.
    public static let taskStatusNotification = "notifications/tasks/status"
    /// Says how a task is, in 2026-07-28.
    public static let taskNotification = "notifications/tasks"

    /// Whether the method exists in a revision and the server offers what it belongs to.
    public func isAvailable(in revision: ProtocolRevision, offering capabilities: ServerCapabilities) -> Bool
    {
        let era = revision.era
        return switch self {
        case .initialize, .ping: era == .legacy
        case .discover: era == .modern
        case .listTools, .callTool: capabilities.tools != nil
        case .listResources, .listResourceTemplates, .readResource: capabilities.resources != nil
        case .subscribeResource, .unsubscribeResource:
            era == .legacy && capabilities.resources?.canSubscribe == true
        case .listPrompts, .getPrompt: capabilities.prompts != nil
        case .complete: capabilities.hasCompletions
        case .setLogLevel: era == .legacy && capabilities.hasLogging
        case .listen: era == .modern && capabilities.announcesChanges
        case .getTask, .cancelTask:
            capabilities.tasks && (revision.has(.coreTasks) || revision.has(.taskExtension))
        case .taskResult, .listTasks: capabilities.tasks && revision.has(.coreTasks)
        case .updateTask: capabilities.tasks && revision.has(.taskExtension)
        }
    }

    /// Whether the method is one of those of tasks.
    var isAboutTasks: Bool {
        switch self {
        case .getTask, .taskResult, .listTasks, .cancelTask, .updateTask: true
        default: false
        }
    }
}
