// SPDX-License-Identifier: Apache-2.0

/// One question and the key by which its answer comes back.
public struct InputQuestion: Sendable, Equatable {
    /// The key; unique among the questions of one result.
    public let key: String
    /// The question.
    public let request: InputRequest

    /// Makes a question.
    public init(key: String, request: InputRequest) {
        self.key = key
        self.request = request
    }

    /// Questions as they stand in `inputRequests` of 2026-07-28; of equal keys the first one counts.
    static func jsonValue(_ questions: [InputQuestion]) -> JSONValue {
        var object = JSONObject()
        for question in questions {
            _ = object.insert(question.request.jsonValue, forNewKey: question.key)
        }
        return .object(object)
    }
}
