// SPDX-License-Identifier: Apache-2.0

/// The result of a request in the shape of the newest revision, before it is projected to the one in force.
public enum MCPResult: Sendable, Equatable {
    /// Nothing but that it worked.
    case empty
    /// A page of tools.
    case tools([ToolDescriptor], nextCursor: String? = nil, caching: CacheHint)
    /// The result of a tool call.
    case toolCall(ToolResult)
    /// A page of resources.
    case resources([ResourceDescriptor], nextCursor: String? = nil, caching: CacheHint)
    /// A page of patterns of resources.
    case resourceTemplates([ResourceTemplate], nextCursor: String? = nil, caching: CacheHint)
    /// What was read from a resource.
    case resourceContents([ResourceContents], caching: CacheHint)
    /// A page of prompts.
    case prompts([PromptDescriptor], nextCursor: String? = nil, caching: CacheHint)
    /// A prompt filled in.
    case prompt(PromptResult)
    /// Ways to complete an argument.
    case completion(Completion)
    /// What must be known before there is a result; 2026-07-28 only. The state is sealed.
    case inputRequired([InputQuestion], requestState: String? = nil)
    /// A task, in the form that the revision has; none before 2025-11-25.
    case task(TaskSnapshot, TaskMessage)
    /// A page of tasks; 2025-11-25 only.
    case tasks([TaskSnapshot], nextCursor: String? = nil)
    /// What the server is and can do.
    case discovery
    /// Members that every revision knows, with a hint for keeping them where the method has one.
    case members(JSONObject, caching: CacheHint? = nil)

    /// The result as the revision in force knows it.
    ///
    /// - Parameters:
    ///   - revision: The revision in force.
    ///   - server: What the server says about itself; its name goes into each 2026-07-28 result.
    /// - Returns: The result as it stands in a response.
    public func projected(to revision: ProtocolRevision, server: ServerDescription) -> JSONObject {
        let body = members(for: revision, server: server)
        guard revision.has(.resultEnvelope) else { return body }
        return Self.enveloped(body, caching: caching(server), revision: revision, server: server)
    }

    /// Why the result can't be given in a revision, nil if it can.
    ///
    /// It never can't unless the server itself erred: nobody asks for such a result.
    func fault(in revision: ProtocolRevision) -> JSONRPCError? {
        let isKnown =
            switch self {
            case .inputRequired: revision.has(.inputRequired)
            case .task(_, .result), .tasks: revision.has(.coreTasks)
            case .task: revision.has(.coreTasks) || revision.has(.taskExtension)
            default: true
            }
        return isKnown
            ? nil : JSONRPCError(.internalError, "the result can't be sent in this protocol version")
    }

    private func members(for revision: ProtocolRevision, server: ServerDescription) -> JSONObject {
        switch self {
        case .empty: [:]
        case .tools(let tools, let next, _):
            Self.page("tools", tools.map { $0.jsonValue(for: revision) }, next)
        case .toolCall(let result): result.members(for: revision)
        case .resources(let resources, let next, _):
            Self.page("resources", resources.map { $0.jsonValue(for: revision) }, next)
        case .resourceTemplates(let templates, let next, _):
            Self.page("resourceTemplates", templates.map { $0.jsonValue(for: revision) }, next)
        case .resourceContents(let contents, _): ["contents": .array(contents.map(\.jsonValue))]
        case .prompts(let prompts, let next, _):
            Self.page("prompts", prompts.map { $0.jsonValue(for: revision) }, next)
        case .prompt(let prompt): prompt.members(for: revision)
        case .completion(let completion): ["completion": completion.jsonValue]
        case .inputRequired(let questions, let state): Self.asking(questions, state)
        case .task(let task, let message): task.members(of: message, for: revision)
        case .tasks(let tasks, let next):
            Self.page("tasks", tasks.map { .object($0.members(of: .get, for: revision)) }, next)
        case .discovery: server.discovery(for: revision)
        case .members(let members, _): members
        }
    }

    private func caching(_ server: ServerDescription) -> CacheHint? {
        switch self {
        case .tools(_, _, let hint), .resources(_, _, let hint), .resourceTemplates(_, _, let hint),
            .resourceContents(_, let hint), .prompts(_, _, let hint):
            hint
        case .discovery: server.caching
        case .members(_, let hint): hint
        case .empty, .toolCall, .prompt, .completion, .inputRequired, .task, .tasks: nil
        }
    }

    private static func page(_ key: String, _ items: [JSONValue], _ next: String?) -> JSONObject {
        var object: JSONObject = [key: .array(items)]
        object["nextCursor"] = next.map { .string($0) }
        return object
    }

    private static func asking(_ questions: [InputQuestion], _ state: String?) -> JSONObject {
        var object: JSONObject = ["resultType": "input_required"]
        // One of the two members must be there.
        if !questions.isEmpty || state == nil { object["inputRequests"] = InputQuestion.jsonValue(questions) }
        object["requestState"] = state.map { .string($0) }
        return object
    }

    private static func enveloped(
        _ body: JSONObject,
        caching: CacheHint?,
        revision: ProtocolRevision,
        server: ServerDescription
    ) -> JSONObject {
        var result: JSONObject = ["resultType": body["resultType"] ?? "complete"]
        for (key, value) in body where key != "resultType" && key != "_meta" {
            result[key] = value
        }
        if let caching, result["resultType"] == "complete" {
            result["ttlMs"] = .integer(caching.milliseconds)
            result["cacheScope"] = .string(caching.scope.rawValue)
        }
        var meta = body["_meta"]?.objectValue ?? [:]
        meta[MetaKey.serverInfo] =
            body["supportedVersions"] == nil
            ? server.shortImplementation(for: revision) : server.implementation(for: revision)
        result["_meta"] = .object(meta)
        return result
    }

    /// The answer to `initialize`.
    public static func initialization(revision: ProtocolRevision, server: ServerDescription) -> JSONObject {
        var result: JSONObject = [
            "protocolVersion": .string(revision.rawValue),
            "capabilities": server.capabilities.jsonValue(for: revision),
            "serverInfo": server.implementation(for: revision),
        ]
        result["instructions"] = server.instructions.map { .string($0) }
        return result
    }
}
