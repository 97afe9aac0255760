// SPDX-License-Identifier: Apache-2.0

/// For whom a piece of content is meant, and how much it matters.
public struct ContentAnnotations: Sendable, Equatable {
    /// Who reads content.
    public enum Audience: String, Sendable {
        /// The person.
        case user
        /// The model.
        case assistant
    }

    /// For whom the content is meant; empty means for everyone.
    public let audience: [Audience]
    /// How much it matters, 0 to 1.
    public let priority: Double?
    /// When it was last changed, in ISO 8601; from 2025-06-18 on.
    public let lastModified: String?

    /// Makes annotations; a priority outside 0 to 1 is moved to the nearer end.
    public init(audience: [Audience] = [], priority: Double? = nil, lastModified: String? = nil) {
        self.audience = audience
        self.priority = priority.map { min(max($0, 0), 1) }
        self.lastModified = lastModified
    }

    /// The annotations as a revision knows them, nil if nothing is left.
    func jsonValue(for revision: ProtocolRevision) -> JSONValue? {
        var object = JSONObject()
        if !audience.isEmpty { object["audience"] = .array(audience.map { .string($0.rawValue) }) }
        object["priority"] = priority.map { .number($0) }
        if revision.has(.lastModified) { object["lastModified"] = lastModified.map { .string($0) } }
        return object.isEmpty ? nil : .object(object)
    }
}
