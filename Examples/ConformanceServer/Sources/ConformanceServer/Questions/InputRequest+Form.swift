// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol

extension InputRequest {
    /// Makes a question to the user: a form.
    ///
    /// - Parameters:
    ///   - message: What it is about.
    ///   - fields: What to fill in.
    /// - Returns: The question.
    static func form(_ message: String, _ fields: ElicitationField...) -> InputRequest {
        .elicitation(.form(message: message, ElicitationForm(fields)))
    }

    /// Makes a question to the client's model.
    ///
    /// - Parameters:
    ///   - prompt: What is asked.
    ///   - maxTokens: How much the model may write.
    /// - Returns: The question.
    static func model(_ prompt: String, maxTokens: Int = 100) -> InputRequest {
        .sampling(SamplingRequest(messages: [.user(prompt)], maxTokens: maxTokens))
    }
}

extension InputQuestion {
    /// Makes a question with its key.
    init(_ key: String, _ request: InputRequest) {
        self.init(key: key, request: request)
    }
}
