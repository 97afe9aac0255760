// SPDX-License-Identifier: Apache-2.0

/// What was read from a resource; its shape is the same in every revision.
public struct ResourceContents: Sendable, Equatable {
    /// What a resource holds.
    public enum Payload: Sendable, Equatable {
        /// Text.
        case text(String)
        /// Bytes in base64.
        case blob(base64: String)
    }

    /// Where it was read.
    public let uri: String
    /// Its type.
    public let mimeType: String?
    /// What it holds.
    public let payload: Payload

    /// Makes contents.
    public init(uri: String, mimeType: String? = nil, payload: Payload) {
        self.uri = uri
        self.mimeType = mimeType
        self.payload = payload
    }

    /// The contents as they stand in a result.
    public var jsonValue: JSONValue {
        var object: JSONObject = ["uri": .string(uri)]
        object["mimeType"] = mimeType.map { .string($0) }
        switch payload {
        case .text(let text): object["text"] = .string(text)
        case .blob(let data): object["blob"] = .string(data)
        }
        return .object(object)
    }
}
