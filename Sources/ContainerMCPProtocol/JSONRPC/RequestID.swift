// SPDX-License-Identifier: Apache-2.0

/// The identifier by which a response finds its request.
///
/// A string and an integer are never the same identifier, and strings are compared byte by byte.
public enum RequestID: Sendable {
    /// An identifier written as a string.
    case string(String)
    /// An identifier written as an integer.
    case integer(Int64)

    /// Reads an identifier; `null`, fractions and anything else are none.
    public init?(_ value: JSONValue?) {
        switch value {
        case .string(let value)?: self = .string(value)
        case .integer(let value)?: self = .integer(value)
        default: return nil
        }
    }

    /// The identifier as text, for logs.
    public var text: String {
        switch self {
        case .string(let value): value
        case .integer(let value): String(value)
        }
    }

    /// The identifier in the type it came with.
    public var jsonValue: JSONValue {
        switch self {
        case .string(let value): .string(value)
        case .integer(let value): .integer(value)
        }
    }
}

extension RequestID: Hashable {
    /// Whether two identifiers have the same type and the same bytes.
    public static func == (left: RequestID, right: RequestID) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): ExactText.isSame(left, right)
        case (.integer(let left), .integer(let right)): left == right
        default: false
        }
    }

    /// Feeds the identifier into a hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(jsonValue)
    }
}
