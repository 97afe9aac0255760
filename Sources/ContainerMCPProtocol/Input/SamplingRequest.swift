// SPDX-License-Identifier: Apache-2.0

/// A question to the client's model; without tools of its own.
public struct SamplingRequest: Sendable, Equatable {
    /// What was said so far.
    public let messages: [PromptMessage]
    /// How many tokens the model may write, at least 1.
    public let maxTokens: Int
    /// What the model should know first.
    public let systemPrompt: String?

    /// Makes a question; fewer than one token becomes 1.
    public init(messages: [PromptMessage], maxTokens: Int, systemPrompt: String? = nil) {
        self.messages = messages
        self.maxTokens = max(maxTokens, 1)
        self.systemPrompt = systemPrompt
    }

    /// The parameters of `sampling/createMessage`.
    func members(for revision: ProtocolRevision) -> JSONObject {
        var object: JSONObject = ["messages": .array(messages.map { $0.samplingValue(for: revision) })]
        object["systemPrompt"] = systemPrompt.map { .string($0) }
        object["maxTokens"] = .integer(Int64(maxTokens))
        return object
    }

    /// Checks what a client answered.
    ///
    /// - Throws: `-32602` that names what is missing or of the wrong type.
    static func checked(_ members: JSONObject) throws(JSONRPCError) -> JSONObject {
        let parameters = Parameters(members, of: "the answer to sampling/createMessage")
        _ = try parameters.string("model")
        guard PromptMessage.Role(rawValue: try parameters.string("role")) != nil else {
            throw .invalidParams("the role of a sampled message must be user or assistant")
        }
        switch members["content"] {
        case .array(let blocks)?:
            for block in blocks { try check(block) }
        case let block?:
            try check(block)
        case nil:
            throw .invalidParams("a sampled message needs the member 'content'")
        }
        return members
    }

    private static func check(_ block: JSONValue) throws(JSONRPCError) {
        guard let object = block.objectValue else {
            throw .invalidParams("the content of a sampled message must be an object, not \(block.kindName)")
        }
        let parameters = Parameters(object, of: "the content of a sampled message")
        switch try parameters.string("type") {
        case "text":
            _ = try parameters.string("text")
        case "image", "audio":
            _ = try parameters.string("data")
            _ = try parameters.string("mimeType")
        case let type:
            throw .invalidParams("a sampled message can't hold content of type \(Quoted(type))")
        }
    }
}
