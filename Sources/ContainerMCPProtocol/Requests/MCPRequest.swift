// SPDX-License-Identifier: Apache-2.0

/// A request whose parameters have been read into types.
public enum MCPRequest: Sendable, Equatable {
    /// Opens a session.
    case initialize(InitializeRequest)
    /// Asks for a sign of life.
    case ping
    /// Asks what the server is and can do.
    case discover
    /// Lists the tools, from a cursor on.
    case listTools(cursor: String?)
    /// Calls a tool.
    case callTool(ToolCall)
    /// Lists the resources, from a cursor on.
    case listResources(cursor: String?)
    /// Lists the patterns of resources, from a cursor on.
    case listResourceTemplates(cursor: String?)
    /// Reads a resource.
    case readResource(uri: String)
    /// Asks for news of a resource.
    case subscribeResource(uri: String)
    /// Asks for no more news of a resource.
    case unsubscribeResource(uri: String)
    /// Lists the prompts, from a cursor on.
    case listPrompts(cursor: String?)
    /// Gets a prompt.
    case getPrompt(PromptRequest)
    /// Asks for ways to complete an argument; the parameters are unread.
    case complete(JSONObject)
    /// Sets the level of log messages for a session.
    case setLogLevel(LogLevel)
    /// Opens a stream of changes; holds the filter.
    case listen(notifications: JSONObject)

    /// Reads the parameters of a method.
    ///
    /// - Throws: `-32602` that names what is missing or of the wrong type.
    public init(_ method: MethodName, _ params: JSONObject?) throws(JSONRPCError) {
        let parameters = Parameters(params, of: method.rawValue)
        switch method {
        case .initialize: self = .initialize(try InitializeRequest(params))
        case .ping: self = .ping
        case .discover: self = .discover
        case .listTools: self = .listTools(cursor: try parameters.optionalString("cursor"))
        case .callTool: self = .callTool(try ToolCall(params))
        case .listResources: self = .listResources(cursor: try parameters.optionalString("cursor"))
        case .listResourceTemplates:
            self = .listResourceTemplates(cursor: try parameters.optionalString("cursor"))
        case .readResource: self = .readResource(uri: try parameters.string("uri"))
        case .subscribeResource: self = .subscribeResource(uri: try parameters.string("uri"))
        case .unsubscribeResource: self = .unsubscribeResource(uri: try parameters.string("uri"))
        case .listPrompts: self = .listPrompts(cursor: try parameters.optionalString("cursor"))
        case .getPrompt: self = .getPrompt(try PromptRequest(params))
        case .complete:
            _ = try parameters.object("ref")
            _ = try parameters.object("argument")
            self = .complete(parameters.object)
        case .setLogLevel:
            guard let level = LogLevel(rawValue: try parameters.string("level")) else {
                throw .invalidParams("the level must be one of \(LogLevel.allNames)")
            }
            self = .setLogLevel(level)
        case .listen: self = .listen(notifications: try parameters.object("notifications"))
        }
    }
}
