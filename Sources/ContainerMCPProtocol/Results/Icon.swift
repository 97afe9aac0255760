// SPDX-License-Identifier: Apache-2.0

/// A picture that a client may show beside a name.
public struct Icon: Sendable, Equatable {
    /// An https or data URI.
    public let source: String
    /// The type of the picture.
    public let mimeType: String?
    /// Sizes such as `48x48`, or `any`.
    public let sizes: [String]

    /// Makes an icon.
    public init(source: String, mimeType: String? = nil, sizes: [String] = []) {
        self.source = source
        self.mimeType = mimeType
        self.sizes = sizes
    }

    /// The icon as it stands in messages.
    public var jsonValue: JSONValue {
        var object: JSONObject = ["src": .string(source)]
        object["mimeType"] = mimeType.map { .string($0) }
        if !sizes.isEmpty { object["sizes"] = .array(sizes.map { .string($0) }) }
        return .object(object)
    }
}
