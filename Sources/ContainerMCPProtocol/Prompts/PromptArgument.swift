// SPDX-License-Identifier: Apache-2.0

/// An argument of a prompt; its value is a string.
public struct PromptArgument: Sendable, Equatable {
    /// The name by which it is given.
    public let name: String
    /// Its name for people; from 2025-06-18 on.
    public let title: String?
    /// What it is.
    public let summary: String?
    /// Whether the prompt can't be had without it.
    public let isRequired: Bool

    /// Makes an argument.
    public init(_ name: String, title: String? = nil, summary: String? = nil, isRequired: Bool = false) {
        self.name = name
        self.title = title
        self.summary = summary
        self.isRequired = isRequired
    }

    /// The argument as a revision knows it.
    func jsonValue(for revision: ProtocolRevision) -> JSONValue {
        var object: JSONObject = ["name": .string(name)]
        if revision.has(.titles) { object["title"] = title.map { .string($0) } }
        object["description"] = summary.map { .string($0) }
        object["required"] = .bool(isRequired)
        return .object(object)
    }
}
