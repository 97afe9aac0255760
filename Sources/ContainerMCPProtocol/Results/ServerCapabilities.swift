// SPDX-License-Identifier: Apache-2.0

/// What the server offers; what is not offered answers `-32601`.
public struct ServerCapabilities: Sendable, Equatable {
    /// A list that clients can read.
    public struct List: Sendable, Equatable {
        /// Whether changes of the list are announced.
        public var announcesChanges: Bool
        /// Whether clients can ask for news of single items; for resources only.
        public var canSubscribe: Bool

        /// Makes a list capability.
        public init(announcesChanges: Bool = false, canSubscribe: Bool = false) {
            self.announcesChanges = announcesChanges
            self.canSubscribe = canSubscribe
        }
    }

    /// Tools, nil if there are none.
    public var tools: List?
    /// Resources, nil if there are none.
    public var resources: List?
    /// Prompts, nil if there are none.
    public var prompts: List?
    /// Whether arguments can be completed.
    public var hasCompletions: Bool
    /// Whether log messages are sent.
    public var hasLogging: Bool
    /// Whether long calls can go on as tasks: from 2025-11-25 on, in the form that each revision has.
    public var tasks: Bool
    /// Further extensions by name, each with its settings; 2026-07-28 only.
    public var extensions: JSONObject

    /// Makes capabilities.
    public init(
        tools: List? = nil,
        resources: List? = nil,
        prompts: List? = nil,
        hasCompletions: Bool = false,
        hasLogging: Bool = false,
        tasks: Bool = false,
        extensions: JSONObject = [:]
    ) {
        self.tools = tools
        self.resources = resources
        self.prompts = prompts
        self.hasCompletions = hasCompletions
        self.hasLogging = hasLogging
        self.tasks = tasks
        self.extensions = extensions
    }

    /// Whether anything is offered that a stream of changes would carry.
    public var announcesChanges: Bool {
        tasks
            || [tools, resources, prompts].contains {
                $0?.announcesChanges == true || $0?.canSubscribe == true
            }
    }

    /// The capabilities as a revision knows them.
    public func jsonValue(for revision: ProtocolRevision) -> JSONValue {
        var object = JSONObject()
        object["tools"] = tools.map { Self.jsonValue($0, subscribe: false) }
        object["resources"] = resources.map { Self.jsonValue($0, subscribe: true) }
        object["prompts"] = prompts.map { Self.jsonValue($0, subscribe: false) }
        if hasLogging { object["logging"] = [:] }
        if hasCompletions, revision.has(.completionsCapability) { object["completions"] = [:] }
        if tasks, revision.has(.coreTasks) {
            object["tasks"] = ["list": [:], "cancel": [:], "requests": ["tools": ["call": [:]]]]
        }
        if revision.has(.extensions) {
            var extensions = extensions
            if tasks { extensions[ExtensionName.tasks] = [:] }
            if !extensions.isEmpty { object["extensions"] = .object(extensions) }
        }
        return .object(object)
    }

    private static func jsonValue(_ list: List, subscribe: Bool) -> JSONValue {
        var object = JSONObject()
        if subscribe, list.canSubscribe { object["subscribe"] = true }
        if list.announcesChanges { object["listChanged"] = true }
        return .object(object)
    }
}
