// SPDX-License-Identifier: Apache-2.0

/// A pattern of resources as `resources/templates/list` shows it, in the shape of the newest revision.
public struct ResourceTemplate: Sendable, Equatable {
    /// The pattern: RFC 6570, level 1, such as `test://items/{id}`.
    public let uriTemplate: String
    /// Its name, for programs.
    public let name: String
    /// Its name for people.
    public let title: String?
    /// What its resources hold.
    public let summary: String?
    /// The type of its resources, if they all have the same.
    public let mimeType: String?
    /// For whom its resources are meant, and how much they matter.
    public let annotations: ContentAnnotations?
    /// Pictures for it; from 2025-11-25 on.
    public let icons: [Icon]
    /// Further facts about it; from 2025-06-18 on.
    public let meta: JSONObject?
    private let pattern: URIPattern?

    /// Makes a template.
    public init(
        uriTemplate: String,
        name: String,
        title: String? = nil,
        summary: String? = nil,
        mimeType: String? = nil,
        annotations: ContentAnnotations? = nil,
        icons: [Icon] = [],
        meta: JSONObject? = nil
    ) {
        self.uriTemplate = uriTemplate
        self.name = name
        self.title = title
        self.summary = summary
        self.mimeType = mimeType
        self.annotations = annotations
        self.icons = icons
        self.meta = meta
        self.pattern = URIPattern(uriTemplate)
    }

    /// The names of the variables in order; empty if the pattern is not of level 1.
    public var variables: [String] { pattern?.variables ?? [] }

    /// The values of the variables in a URI, percent-decoded.
    ///
    /// A variable stands for at least one character within one path segment. A value that is no UTF-8, holds
    /// a NUL, or would lead out of a directory (an absolute path, `.` or `..` as a part of it) matches
    /// nothing.
    ///
    /// - Parameter uri: What a client asks for.
    /// - Returns: The values by name, or nil if the URI does not match or the pattern is not of level 1.
    public func match(_ uri: String) -> [String: String]? {
        pattern?.match(uri)
    }

    /// The template as a revision knows it.
    public func jsonValue(for revision: ProtocolRevision) -> JSONValue {
        var object: JSONObject = ["uriTemplate": .string(uriTemplate), "name": .string(name)]
        if revision.has(.titles) { object["title"] = title.map { .string($0) } }
        object["description"] = summary.map { .string($0) }
        object["mimeType"] = mimeType.map { .string($0) }
        object["annotations"] = annotations?.jsonValue(for: revision)
        if revision.has(.icons), !icons.isEmpty { object["icons"] = .array(icons.map(\.jsonValue)) }
        if revision.has(.titles) { object["_meta"] = meta.map { .object($0) } }
        return .object(object)
    }
}
