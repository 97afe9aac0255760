// SPDX-License-Identifier: Apache-2.0

/// Which changes a stream of changes carries.
public struct SubscriptionFilter: Sendable, Equatable {
    /// Whether changes of the list of tools are wanted.
    public var toolsListChanged: Bool
    /// Whether changes of the list of prompts are wanted.
    public var promptsListChanged: Bool
    /// Whether changes of the list of resources are wanted.
    public var resourcesListChanged: Bool
    /// The URIs of the resources of which news are wanted, each once.
    public var resources: [String]
    /// The tasks of which news are wanted, each once.
    public var taskIDs: [String]

    /// Makes a filter.
    public init(
        toolsListChanged: Bool = false,
        promptsListChanged: Bool = false,
        resourcesListChanged: Bool = false,
        resources: [String] = [],
        taskIDs: [String] = []
    ) {
        self.toolsListChanged = toolsListChanged
        self.promptsListChanged = promptsListChanged
        self.resourcesListChanged = resourcesListChanged
        self.resources = Self.unique(resources)
        self.taskIDs = Self.unique(taskIDs)
    }

    /// Reads the member `notifications` of `subscriptions/listen`; unknown members are ignored.
    ///
    /// - Throws: `-32602` that names what is of the wrong type.
    public init(_ notifications: JSONObject) throws(JSONRPCError) {
        let parameters = Parameters(notifications, of: "the filter")
        self.init(
            toolsListChanged: try parameters.optionalBool("toolsListChanged") ?? false,
            promptsListChanged: try parameters.optionalBool("promptsListChanged") ?? false,
            resourcesListChanged: try parameters.optionalBool("resourcesListChanged") ?? false,
            resources: try parameters.optionalStrings("resourceSubscriptions") ?? [],
            taskIDs: try parameters.optionalStrings("taskIds") ?? []
        )
    }

    /// The part of the filter that a server can serve at all.
    ///
    /// - Parameter capabilities: What the server offers.
    /// - Returns: The filter without the rest.
    public func offered(by capabilities: ServerCapabilities) -> SubscriptionFilter {
        var filter = self
        if capabilities.tools?.announcesChanges != true { filter.toolsListChanged = false }
        if capabilities.prompts?.announcesChanges != true { filter.promptsListChanged = false }
        if capabilities.resources?.announcesChanges != true { filter.resourcesListChanged = false }
        if capabilities.resources?.canSubscribe != true { filter.resources = [] }
        if !capabilities.tasks { filter.taskIDs = [] }
        return filter
    }

    /// Whether changes of a list are wanted.
    public func includes(_ list: ListKind) -> Bool {
        switch list {
        case .tools: toolsListChanged
        case .prompts: promptsListChanged
        case .resources: resourcesListChanged
        }
    }

    /// The filter as it stands in messages, without what is not wanted.
    public var jsonValue: JSONValue {
        var object = JSONObject()
        if toolsListChanged { object["toolsListChanged"] = true }
        if promptsListChanged { object["promptsListChanged"] = true }
        if resourcesListChanged { object["resourcesListChanged"] = true }
        if !resources.isEmpty { object["resourceSubscriptions"] = .array(resources.map { .string($0) }) }
        if !taskIDs.isEmpty { object["taskIds"] = .array(taskIDs.map { .string($0) }) }
        return .object(object)
    }

    private static func unique(_ texts: [String]) -> [String] {
        var seen: Set<ExactText> = []
        return texts.filter { seen.insert(ExactText(text: $0)).inserted }
    }
}
