// SPDX-License-Identifier: Apache-2.0

/// A prompt as `prompts/list` shows it, in the shape of the newest revision.
public struct PromptDescriptor: Sendable, Equatable {
    /// The name by which it is asked for.
    public var name: String
    /// Its name for people.
    public var title: String?
    /// What it is good for.
    public var summary: String?
    /// The arguments it takes.
    public var arguments: [PromptArgument]
    /// Pictures for it; from 2025-11-25 on.
    public var icons: [Icon]
    /// Further facts about it; from 2025-06-18 on.
    public var meta: JSONObject?

    /// Makes a descriptor.
    public init(
        name: String,
        title: String? = nil,
        summary: String? = nil,
        arguments: [PromptArgument] = [],
        icons: [Icon] = [],
        meta: JSONObject? = nil
    ) {
        self.name = name
        self.title = title
        self.summary = summary
        self.arguments = arguments
        self.icons = icons
        self.meta = meta
    }

    /// The prompt as a revision knows it.
    public func jsonValue(for revision: ProtocolRevision) -> JSONValue {
        var object: JSONObject = ["name": .string(name)]
        if revision.has(.titles) { object["title"] = title.map { .string($0) } }
        object["description"] = summary.map { .string($0) }
        if !arguments.isEmpty {
            object["arguments"] = .array(arguments.map { $0.jsonValue(for: revision) })
        }
        if revision.has(.icons), !icons.isEmpty { object["icons"] = .array(icons.map(\.jsonValue)) }
        if revision.has(.titles) { object["_meta"] = meta.map { .object($0) } }
        return .object(object)
    }
}
