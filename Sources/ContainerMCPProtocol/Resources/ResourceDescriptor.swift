// SPDX-License-Identifier: Apache-2.0

/// A resource as `resources/list` shows it, in the shape of the newest revision.
public struct ResourceDescriptor: Sendable, Equatable {
    /// Where the resource is.
    public var uri: String
    /// Its name, for programs.
    public var name: String
    /// Its name for people.
    public var title: String?
    /// What it holds.
    public var summary: String?
    /// Its type.
    public var mimeType: String?
    /// Its size in bytes, before any encoding.
    public var size: Int64?
    /// For whom it is meant, and how much it matters.
    public var annotations: ContentAnnotations?
    /// Pictures for it; from 2025-11-25 on.
    public var icons: [Icon]
    /// Further facts about it; from 2025-06-18 on.
    public var meta: JSONObject?

    /// Makes a descriptor.
    public init(
        uri: String,
        name: String,
        title: String? = nil,
        summary: String? = nil,
        mimeType: String? = nil,
        size: Int64? = nil,
        annotations: ContentAnnotations? = nil,
        icons: [Icon] = [],
        meta: JSONObject? = nil
    ) {
        self.uri = uri
        self.name = name
        self.title = title
        self.summary = summary
        self.mimeType = mimeType
        self.size = size
        self.annotations = annotations
        self.icons = icons
        self.meta = meta
    }

    /// The resource as a revision knows it.
    public func jsonValue(for revision: ProtocolRevision) -> JSONValue {
        var object: JSONObject = ["uri": .string(uri), "name": .string(name)]
        if revision.has(.titles) { object["title"] = title.map { .string($0) } }
        object["description"] = summary.map { .string($0) }
        object["mimeType"] = mimeType.map { .string($0) }
        object["size"] = size.map { .integer($0) }
        object["annotations"] = annotations?.jsonValue(for: revision)
        if revision.has(.icons), !icons.isEmpty { object["icons"] = .array(icons.map(\.jsonValue)) }
        if revision.has(.titles) { object["_meta"] = meta.map { .object($0) } }
        return .object(object)
    }
}
