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

    /// Says that a session is ready.
    public static let initializedNotification = "notifications/initialized"
    /// Gives up a request.
    public static let cancelledNotification = "notifications/cancelled"
    /// Says how far a request got.
    public static let progressNotification = "notifications/progress"
    /// Carries a log message.
    public static let logNotification = "notifications/message"

    /// Whether the method exists in an era and the server offers what it belongs to.
    public func isAvailable(in era: ProtocolEra, offering capabilities: ServerCapabilities) -> Bool {
        switch self {
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
        }
    }
}
