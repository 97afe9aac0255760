// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// `test_input_required_result_prompt`: asks the user before it is filled in, as a tool does.
struct AskingPrompt: Prompt {
    let descriptor = PromptDescriptor(
        name: "test_input_required_result_prompt",
        summary: "A prompt that asks for a context first."
    )

    func get(_ arguments: [String: String], in context: CallContext) async throws(ToolError) -> PromptResult {
        let answer = try context.answer(
            "user_context",
            to: .form(
                "What should the prompt be about?",
                ElicitationField("context", .text(), isRequired: true)
            )
        )
        return PromptResult(messages: [.user("Context: \(answer.form?["context"]?.stringValue ?? "none")")])
    }
}
