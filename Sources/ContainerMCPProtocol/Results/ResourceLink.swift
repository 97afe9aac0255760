// SPDX-License-Identifier: Apache-2.0

/// A pointer to a resource that a client can read later.
public struct ResourceLink: Sendable, Equatable {
    /// Where the resource is.
    public let uri: String
    /// Its name.
    public let name: String
    /// Its name for people.
    public let title: String?
    /// One sentence about it.
    public let summary: String?
    /// Its type.
    public let mimeType: String?
    /// Its size in bytes.
    public let size: Int64?

    /// Makes a link.
    public init(
        uri: String,
        name: String,
        title: String? = nil,
        summary: String? = nil,
        mimeType: String? = nil,
        size: Int64? = nil
    ) {
        self.uri = uri
        self.name = name
        self.title = title
        self.summary = summary
        self.mimeType = mimeType
        self.size = size
    }

    func members(for revision: ProtocolRevision) -> JSONObject {
        var object: JSONObject = ["type": "resource_link", "uri": .string(uri), "name": .string(name)]
        object["title"] = title.map { .string($0) }
        object["description"] = summary.map { .string($0) }
        object["mimeType"] = mimeType.map { .string($0) }
        object["size"] = size.map { .integer($0) }
        return object
    }

    /// The link for revisions that have no links.
    var asText: String {
        summary.map { "\(name) (\($0)): \(uri)" } ?? "\(name): \(uri)"
    }
}
