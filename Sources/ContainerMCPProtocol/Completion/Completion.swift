// SPDX-License-Identifier: Apache-2.0

/// Ways to complete an argument.
public struct Completion: Sendable, Equatable {
    /// The most values that one answer may hold: 100.
    public static let mostValues = 100

    /// The values, at most ``mostValues``.
    public let values: [String]
    /// How many there are in all, if known.
    public let total: Int?
    /// Whether there are more than these, if known.
    public let hasMore: Bool?

    /// Makes an answer; values beyond the most allowed are cut off, and then there are more.
    public init(values: [String], total: Int? = nil, hasMore: Bool? = nil) {
        self.values = Array(values.prefix(Self.mostValues))
        self.total = total.map { max($0, 0) }
        self.hasMore = values.count > Self.mostValues ? true : hasMore
    }

    /// Makes an answer from all values there are.
    public init(all values: [String]) {
        self.init(values: values, total: values.count, hasMore: values.count > Self.mostValues)
    }

    /// The answer as it stands in a result.
    var jsonValue: JSONValue {
        var object: JSONObject = ["values": .array(values.map { .string($0) })]
        object["total"] = total.map { .integer(Int64($0)) }
        object["hasMore"] = hasMore.map { .bool($0) }
        return .object(object)
    }
}
