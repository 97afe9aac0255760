// SPDX-License-Identifier: Apache-2.0

/// The result of a tool call in the shape of the newest revision.
public struct ToolResult: Sendable, Equatable {
    /// Up to this many bytes of JSON, structured content is repeated in a text block: 256 KiB.
    public static let inlineTextLimit = 262_144

    /// What the model reads.
    public var content: [ContentBlock]
    /// The result as data, conforming to the tool's output schema.
    public var structuredContent: JSONValue?
    /// Whether the call did not happen.
    public var isError: Bool
    /// Further facts about the result.
    public var meta: JSONObject?

    /// Makes a result.
    public init(
        content: [ContentBlock],
        structuredContent: JSONValue? = nil,
        isError: Bool = false,
        meta: JSONObject? = nil
    ) {
        self.content = content
        self.structuredContent = structuredContent
        self.isError = isError
        self.meta = meta
    }

    /// A result from data: its JSON is the text block as well, or a short account is where it is large.
    ///
    /// - Parameters:
    ///   - value: The data.
    ///   - isError: Whether the call did not happen.
    ///   - inlineLimit: Up to this many bytes the JSON itself is the text block.
    ///   - more: Content that follows the text block.
    ///   - account: What the text block says beyond the limit: what came out, and that the rest is in the
    ///     structured content.
    /// - Returns: The result.
    public static func structured(
        _ value: JSONValue,
        isError: Bool = false,
        inlineLimit: Int = inlineTextLimit,
        more: [ContentBlock] = [],
        account: () -> String
    ) -> ToolResult {
        let text = value.encoded()
        let first: ContentBlock =
            if text.count <= inlineLimit {
                .text(String(decoding: text, as: UTF8.self))
            } else {
                ContentBlock(.structuredAccount(account()))
            }
        return ToolResult(content: [first] + more, structuredContent: value, isError: isError)
    }

    /// The result as a revision knows it, without what the envelope adds.
    ///
    /// Where structured content can't be sent, a text block carries all of it: in place of the short account,
    /// or as a block of its own if there is no text at all.
    func members(for revision: ProtocolRevision) -> JSONObject {
        let isKept =
            switch structuredContent {
            case nil: false
            case .object?: revision.has(.structuredContent)
            default: revision.has(.anyStructuredContent)
            }
        let dropped = isKept ? nil : structuredContent
        var blocks = content.map { $0.jsonValue(for: revision, droppedContent: dropped) }
        if let dropped, !content.contains(where: \.isText) {
            blocks.append(.object(ContentBlock.textMembers(dropped.encodedString())))
        }
        var object: JSONObject = ["content": .array(blocks)]
        if isKept { object["structuredContent"] = structuredContent }
        object["isError"] = .bool(isError)
        object["_meta"] = meta.map { .object($0) }
        return object
    }
}
