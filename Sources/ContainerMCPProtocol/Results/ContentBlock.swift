// SPDX-License-Identifier: Apache-2.0

/// One piece of the content of a result, in the shape of the newest revision.
public struct ContentBlock: Sendable, Equatable {
    /// What the piece holds.
    public enum Payload: Sendable, Equatable {
        /// Text.
        case text(String)
        /// A short account that stands beside structured content too large to be sent twice; where structured
        /// content can't be sent, all of it takes the account's place.
        case structuredAccount(String)
        /// A picture in base64.
        case image(base64: String, mimeType: String)
        /// A sound in base64.
        case audio(base64: String, mimeType: String)
        /// A resource with its text.
        case textResource(uri: String, mimeType: String?, text: String)
        /// A resource with its bytes in base64.
        case binaryResource(uri: String, mimeType: String?, base64: String)
        /// A pointer to a resource that can be read later.
        case resourceLink(ResourceLink)
    }

    /// What the piece holds.
    public let payload: Payload
    /// For whom it is meant, and how much it matters.
    public let annotations: ContentAnnotations?
    /// Further facts about it; from 2025-06-18 on.
    public let meta: JSONObject?

    /// Makes a piece of content.
    public init(_ payload: Payload, annotations: ContentAnnotations? = nil, meta: JSONObject? = nil) {
        self.payload = payload
        self.annotations = annotations
        self.meta = meta
    }

    /// Makes a piece of text.
    public static func text(_ text: String) -> ContentBlock {
        ContentBlock(.text(text))
    }

    /// The piece as a revision knows it.
    ///
    /// - Parameters:
    ///   - revision: The revision in force.
    ///   - droppedContent: The structured content of the result, if it can't be sent in this revision.
    /// - Returns: The piece as it stands in a result.
    func jsonValue(for revision: ProtocolRevision, droppedContent: JSONValue?) -> JSONValue {
        var object = members(for: revision, droppedContent: droppedContent)
        object["annotations"] = annotations?.jsonValue(for: revision)
        if revision.has(.titles) { object["_meta"] = meta.map { .object($0) } }
        return .object(object)
    }

    private func members(for revision: ProtocolRevision, droppedContent: JSONValue?) -> JSONObject {
        switch payload {
        case .text(let text):
            return Self.textMembers(text)
        case .structuredAccount(let account):
            return Self.textMembers(droppedContent?.encodedString() ?? account)
        case .image(let data, let mimeType):
            return ["type": "image", "data": .string(data), "mimeType": .string(mimeType)]
        case .audio(let data, let mimeType):
            guard revision.has(.audioContent) else {
                return Self.textMembers(
                    "[audio of type \(mimeType) left out: protocol version \(revision.rawValue) has none]"
                )
            }
            return ["type": "audio", "data": .string(data), "mimeType": .string(mimeType)]
        case .textResource(let uri, let mimeType, let text):
            var resource: JSONObject = ["uri": .string(uri)]
            resource["mimeType"] = mimeType.map { .string($0) }
            resource["text"] = .string(text)
            return ["type": "resource", "resource": .object(resource)]
        case .binaryResource(let uri, let mimeType, let data):
            var resource: JSONObject = ["uri": .string(uri)]
            resource["mimeType"] = mimeType.map { .string($0) }
            resource["blob"] = .string(data)
            return ["type": "resource", "resource": .object(resource)]
        case .resourceLink(let link):
            return revision.has(.resourceLinks) ? link.members(for: revision) : Self.textMembers(link.asText)
        }
    }

    static func textMembers(_ text: String) -> JSONObject {
        ["type": "text", "text": .string(text)]
    }

    /// Whether the piece puts text before the model in every revision.
    var isText: Bool {
        switch payload {
        case .text, .structuredAccount: true
        default: false
        }
    }
}
