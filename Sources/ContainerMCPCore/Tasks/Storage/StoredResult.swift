// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

/// The JSON of tool results in the store.
///
/// Close to the newest shape on the wire, but nothing is left out: an account that stands for large structured
/// content keeps its own type, since older revisions are sent something else in its place.
enum StoredResult {
    private static let account = "structured_account"

    static func jsonValue(_ result: ToolResult) -> JSONValue {
        var object: JSONObject = ["content": .array(result.content.map(jsonValue))]
        object["structuredContent"] = result.structuredContent
        object["isError"] = .bool(result.isError)
        object["_meta"] = result.meta.map { .object($0) }
        return .object(object)
    }

    /// Reads a result; nil for anything that ``jsonValue(_:)`` does not write.
    static func read(_ value: JSONValue) -> ToolResult? {
        guard let values = value["content"]?.arrayValue, let isError = value["isError"]?.boolValue else {
            return nil
        }
        var content: [ContentBlock] = []
        for value in values {
            guard let block = readBlock(value) else { return nil }
            content.append(block)
        }
        guard case .some(let meta) = optional(value["_meta"], \.objectValue) else { return nil }
        return ToolResult(
            content: content,
            structuredContent: value["structuredContent"],
            isError: isError,
            meta: meta
        )
    }

    private static func jsonValue(_ block: ContentBlock) -> JSONValue {
        var object = members(of: block.payload)
        object["annotations"] = block.annotations.map(jsonValue)
        object["_meta"] = block.meta.map { .object($0) }
        return .object(object)
    }

    private static func members(of payload: ContentBlock.Payload) -> JSONObject {
        switch payload {
        case .text(let text):
            return ["type": "text", "text": .string(text)]
        case .structuredAccount(let text):
            return ["type": .string(account), "text": .string(text)]
        case .image(let data, let mimeType):
            return ["type": "image", "data": .string(data), "mimeType": .string(mimeType)]
        case .audio(let data, let mimeType):
            return ["type": "audio", "data": .string(data), "mimeType": .string(mimeType)]
        case .textResource(let uri, let mimeType, let text):
            var resource: JSONObject = ["uri": .string(uri), "text": .string(text)]
            resource["mimeType"] = mimeType.map { .string($0) }
            return ["type": "resource", "resource": .object(resource)]
        case .binaryResource(let uri, let mimeType, let data):
            var resource: JSONObject = ["uri": .string(uri), "blob": .string(data)]
            resource["mimeType"] = mimeType.map { .string($0) }
            return ["type": "resource", "resource": .object(resource)]
        case .resourceLink(let link):
            var object: JSONObject = [
                "type": "resource_link", "uri": .string(link.uri), "name": .string(link.name),
            ]
            object["title"] = link.title.map { .string($0) }
            object["description"] = link.summary.map { .string($0) }
            object["mimeType"] = link.mimeType.map { .string($0) }
            object["size"] = link.size.map { .integer($0) }
            return object
        }
    }

    private static func jsonValue(_ annotations: ContentAnnotations) -> JSONValue {
        var object: JSONObject = ["audience": .array(annotations.audience.map { .string($0.rawValue) })]
        object["priority"] = annotations.priority.map { .number($0) }
        object["lastModified"] = annotations.lastModified.map { .string($0) }
        return .object(object)
    }

    private static func readBlock(_ value: JSONValue) -> ContentBlock? {
        guard
            let payload = readPayload(value),
            case .some(let meta) = optional(value["_meta"], \.objectValue),
            case .some(let annotations) = optional(value["annotations"], readAnnotations)
        else { return nil }
        return ContentBlock(payload, annotations: annotations, meta: meta)
    }

    private static func readPayload(_ value: JSONValue) -> ContentBlock.Payload? {
        switch value["type"]?.stringValue {
        case "text":
            return value["text"]?.stringValue.map { .text($0) }
        case account:
            return value["text"]?.stringValue.map { .structuredAccount($0) }
        case "image":
            return readMedia(value).map { .image(base64: $0.data, mimeType: $0.mimeType) }
        case "audio":
            return readMedia(value).map { .audio(base64: $0.data, mimeType: $0.mimeType) }
        case "resource":
            return value["resource"].flatMap(readResource)
        case "resource_link":
            return readLink(value).map { .resourceLink($0) }
        default:
            return nil
        }
    }

    private static func readMedia(_ value: JSONValue) -> (data: String, mimeType: String)? {
        guard let data = value["data"]?.stringValue, let mimeType = value["mimeType"]?.stringValue else {
            return nil
        }
        return (data, mimeType)
    }

    private static func readResource(_ value: JSONValue) -> ContentBlock.Payload? {
        guard
            let uri = value["uri"]?.stringValue,
            case .some(let mimeType) = optional(value["mimeType"], \.stringValue)
        else { return nil }
        if let text = value["text"]?.stringValue {
            return .textResource(uri: uri, mimeType: mimeType, text: text)
        }
        return value["blob"]?.stringValue.map { .binaryResource(uri: uri, mimeType: mimeType, base64: $0) }
    }

    private static func readLink(_ value: JSONValue) -> ResourceLink? {
        guard
            let uri = value["uri"]?.stringValue,
            let name = value["name"]?.stringValue,
            case .some(let title) = optional(value["title"], \.stringValue),
            case .some(let summary) = optional(value["description"], \.stringValue),
            case .some(let mimeType) = optional(value["mimeType"], \.stringValue),
            case .some(let size) = optional(value["size"], \.int64Value)
        else { return nil }
        return ResourceLink(
            uri: uri,
            name: name,
            title: title,
            summary: summary,
            mimeType: mimeType,
            size: size
        )
    }

    private static func readAnnotations(_ value: JSONValue) -> ContentAnnotations? {
        guard
            let names = value["audience"]?.arrayValue,
            case .some(let priority) = optional(value["priority"], \.doubleValue),
            case .some(let lastModified) = optional(value["lastModified"], \.stringValue)
        else { return nil }
        var audience: [ContentAnnotations.Audience] = []
        for name in names {
            guard let reader = name.stringValue.flatMap(ContentAnnotations.Audience.init) else { return nil }
            audience.append(reader)
        }
        return ContentAnnotations(audience: audience, priority: priority, lastModified: lastModified)
    }

    /// The value of a member that may be missing: `.some(nil)` where it is, nil where it has the wrong type.
    private static func optional<Value>(_ value: JSONValue?, _ read: (JSONValue) -> Value?) -> Value?? {
        guard let value else { return .some(nil) }
        guard let read = read(value) else { return nil }
        return .some(read)
    }
}
