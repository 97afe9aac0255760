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
    /// Reads a resource; a repeated request brings answers along.
    case readResource(uri: String, resume: InputResume)
    /// Asks for news of a resource.
    case subscribeResource(uri: String)
    /// Asks for no more news of a resource.
    case unsubscribeResource(uri: String)
    /// Lists the prompts, from a cursor on.
    case listPrompts(cursor: String?)
    /// Gets a prompt.
    case getPrompt(PromptRequest)
    /// Asks for ways to complete an argument.
    case complete(CompletionRequest)
    /// Sets the level of log messages for a session.
    case setLogLevel(LogLevel)
    /// Opens a stream of changes.
    case listen(SubscriptionFilter)
    /// Asks how a task is.
    case getTask(id: String)
    /// Waits for a task and asks for what its call would have answered.
    case taskResult(id: String)
    /// Lists the tasks, from a cursor on.
    case listTasks(cursor: String?)
    /// Gives up a task.
    case cancelTask(id: String)
    /// Answers questions of a task, by their keys.
    case updateTask(id: String, responses: JSONObject)

    /// Whether it opens a stream of changes.
    var isListening: Bool {
        if case .listen = self { true } else { false }
    }

    /// Reads the parameters of a method.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - params: The parameters as they came.
    ///   - revision: The revision in force, which decides what is read and what is ignored.
    ///   - offeringTasks: Whether the server has tasks.
    /// - Throws: `-32602` that names what is missing or of the wrong type.
    public init(
        _ method: MethodName,
        _ params: JSONObject?,
        in revision: ProtocolRevision,
        offeringTasks: Bool = false
    ) throws(JSONRPCError) {
        let parameters = Parameters(params, of: method.rawValue)
        switch method {
        case .initialize: self = .initialize(try InitializeRequest(params))
        case .ping: self = .ping
        case .discover: self = .discover
        case .listTools: self = .listTools(cursor: try parameters.optionalString("cursor"))
        case .callTool: self = .callTool(try ToolCall(params, in: revision, offeringTasks: offeringTasks))
        case .listResources: self = .listResources(cursor: try parameters.optionalString("cursor"))
        case .listResourceTemplates:
            self = .listResourceTemplates(cursor: try parameters.optionalString("cursor"))
        case .readResource:
            let resume = revision.has(.inputRequired) ? InputResume(params) : .none
            self = .readResource(uri: try parameters.string("uri"), resume: resume)
        case .subscribeResource: self = .subscribeResource(uri: try parameters.string("uri"))
        case .unsubscribeResource: self = .unsubscribeResource(uri: try parameters.string("uri"))
        case .listPrompts: self = .listPrompts(cursor: try parameters.optionalString("cursor"))
        case .getPrompt: self = .getPrompt(try PromptRequest(params, in: revision))
        case .complete: self = .complete(try CompletionRequest(params, in: revision))
        case .setLogLevel:
            guard let level = LogLevel(rawValue: try parameters.string("level")) else {
                throw .invalidParams("the level must be one of \(LogLevel.allNames)")
            }
            self = .setLogLevel(level)
        case .listen: self = .listen(try SubscriptionFilter(try parameters.object("notifications")))
        case .getTask: self = .getTask(id: try parameters.string("taskId"))
        case .taskResult: self = .taskResult(id: try parameters.string("taskId"))
        case .listTasks: self = .listTasks(cursor: try parameters.optionalString("cursor"))
        case .cancelTask: self = .cancelTask(id: try parameters.string("taskId"))
        case .updateTask:
            self = .updateTask(
                id: try parameters.string("taskId"),
                responses: try parameters.object("inputResponses")
            )
        }
    }
}
