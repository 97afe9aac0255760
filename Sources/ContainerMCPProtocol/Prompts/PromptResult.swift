// SPDX-License-Identifier: Apache-2.0

/// A prompt filled in.
public struct PromptResult: Sendable, Equatable {
    /// What the prompt is good for.
    public var summary: String?
    /// What is put before the model.
    public var messages: [PromptMessage]

    /// Makes a prompt.
    public init(summary: String? = nil, messages: [PromptMessage]) {
        self.summary = summary
        self.messages = messages
    }

    /// The result as a revision knows it, without what the envelope adds.
    func members(for revision: ProtocolRevision) -> JSONObject {
        var object = JSONObject()
        object["description"] = summary.map { .string($0) }
        object["messages"] = .array(messages.map { $0.jsonValue(for: revision) })
        return object
    }
}
