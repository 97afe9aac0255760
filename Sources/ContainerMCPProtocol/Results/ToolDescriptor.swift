// SPDX-License-Identifier: Apache-2.0

/// A tool as `tools/list` shows it, in the shape of the newest revision.
public struct ToolDescriptor: Sendable, Equatable {
    /// The name by which it is called.
    public var name: String
    /// Its name for people.
    public var title: String?
    /// What it does, for the model.
    public var summary: String
    /// The JSON Schema of its arguments; an object at the root.
    public var inputSchema: JSONValue
    /// The JSON Schema of its structured content.
    public var outputSchema: JSONValue?
    /// Hints about what it does.
    public var annotations: ToolAnnotations
    /// Whether calls of it can be carried out as tasks; shown in 2025-11-25 only.
    public var taskSupport: ToolTaskSupport
    /// Pictures for it.
    public var icons: [Icon]
    /// Further facts about it; from 2025-06-18 on.
    public var meta: JSONObject?

    private var prepared: [ProtocolRevision: JSONValue]?

    /// Makes a descriptor.
    public init(
        name: String,
        title: String? = nil,
        summary: String,
        inputSchema: JSONValue,
        outputSchema: JSONValue? = nil,
        annotations: ToolAnnotations = ToolAnnotations(),
        icons: [Icon] = [],
        meta: JSONObject? = nil,
        taskSupport: ToolTaskSupport = .never
    ) {
        self.name = name
        self.title = title
        self.summary = summary
        self.inputSchema = inputSchema
        self.outputSchema = outputSchema
        self.annotations = annotations
        self.icons = icons
        self.meta = meta
        self.taskSupport = taskSupport
    }

    /// The tool as a revision knows it; schemas stay as they were written, as far as the revision can read
    /// them.
    public func jsonValue(for revision: ProtocolRevision) -> JSONValue {
        prepared?[revision] ?? projected(to: revision)
    }

    /// The tool with its forms for all revisions made already, for lists that are asked for often.
    ///
    /// A change of the tool afterwards does not show in lists.
    public func prepare() -> ToolDescriptor {
        var tool = self
        tool.prepared = [:]
        for revision in ProtocolRevision.allCases {
            guard case .object(let object) = projected(to: revision) else { continue }
            tool.prepared?[revision] = .object(object.withEncodedForm())
        }
        return tool
    }

    private func projected(to revision: ProtocolRevision) -> JSONValue {
        var object: JSONObject = ["name": .string(name)]
        if revision.has(.titles) { object["title"] = title.map { .string($0) } }
        object["description"] = .string(summary)
        if revision.has(.icons), !icons.isEmpty { object["icons"] = .array(icons.map(\.jsonValue)) }
        object["inputSchema"] = Self.projected(inputSchema, for: revision)
        object["outputSchema"] = projectedOutputSchema(for: revision)
        if revision.has(.toolAnnotations) { object["annotations"] = annotations.jsonValue }
        if revision.has(.coreTasks), taskSupport != .never {
            object["execution"] = ["taskSupport": .string(taskSupport.name)]
        }
        if revision.has(.titles) { object["_meta"] = meta.map { .object($0) } }
        return .object(object)
    }

    private func projectedOutputSchema(for revision: ProtocolRevision) -> JSONValue? {
        guard let outputSchema else { return nil }
        if revision.has(.anyStructuredContent) { return outputSchema }
        guard revision.has(.structuredContent), outputSchema["type"] == "object" else { return nil }
        return Self.projected(outputSchema, for: revision)
    }

    /// Older revisions want an object for the schema of each property; `{}` and `{"not":{}}` say what `true`
    /// and `false` say.
    private static func projected(_ schema: JSONValue, for revision: ProtocolRevision) -> JSONValue {
        guard
            !revision.has(.booleanPropertySchemas),
            case .object(var object) = schema,
            case .object(var properties)? = object["properties"],
            properties.contains(where: { $0.value.boolValue != nil })
        else { return schema }
        for (key, value) in properties {
            guard let allows = value.boolValue else { continue }
            properties[key] = allows ? [:] : ["not": [:]]
        }
        object["properties"] = .object(properties)
        return .object(object)
    }
}
