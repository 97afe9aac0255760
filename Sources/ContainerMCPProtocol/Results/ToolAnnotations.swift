// SPDX-License-Identifier: Apache-2.0

/// Hints about what a tool does; nil says nothing.
public struct ToolAnnotations: Sendable, Equatable {
    /// The tool changes nothing.
    public var isReadOnly: Bool?
    /// The tool may destroy something.
    public var isDestructive: Bool?
    /// Calling it again with the same arguments changes nothing more.
    public var isIdempotent: Bool?
    /// The tool reaches things outside the server.
    public var isOpenWorld: Bool?

    /// Makes hints.
    public init(
        isReadOnly: Bool? = nil,
        isDestructive: Bool? = nil,
        isIdempotent: Bool? = nil,
        isOpenWorld: Bool? = nil
    ) {
        self.isReadOnly = isReadOnly
        self.isDestructive = isDestructive
        self.isIdempotent = isIdempotent
        self.isOpenWorld = isOpenWorld
    }

    /// The hints as they stand in a list of tools, nil if there are none.
    var jsonValue: JSONValue? {
        var object = JSONObject()
        object["readOnlyHint"] = isReadOnly.map { .bool($0) }
        object["destructiveHint"] = isDestructive.map { .bool($0) }
        object["idempotentHint"] = isIdempotent.map { .bool($0) }
        object["openWorldHint"] = isOpenWorld.map { .bool($0) }
        return object.isEmpty ? nil : .object(object)
    }
}
