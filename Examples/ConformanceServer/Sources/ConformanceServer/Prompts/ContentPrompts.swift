// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// Prompts that are filled in without a question.
///
/// The library sees to it that required arguments are there before a prompt is asked for its messages.
enum ContentPrompts {
    /// The prompts.
    static let all: [any Prompt] = [SimplePrompt(), ArgumentsPrompt(), ResourcePrompt(), ImagePrompt()]
}

/// `test_simple_prompt`: always the same.
struct SimplePrompt: Prompt {
    let descriptor = PromptDescriptor(name: "test_simple_prompt", summary: "A prompt without arguments.")

    func get(_ arguments: [String: String], in context: CallContext) async throws(ToolError) -> PromptResult {
        PromptResult(messages: [.user("This is a simple prompt for testing.")])
    }
}

/// `test_prompt_with_arguments`: puts its arguments into the message, and helps to type them.
struct ArgumentsPrompt: Prompt {
    let descriptor = PromptDescriptor(
        name: "test_prompt_with_arguments",
        summary: "A prompt with two arguments.",
        arguments: [
            PromptArgument("arg1", summary: "The first argument.", isRequired: true),
            PromptArgument("arg2", summary: "The second argument.", isRequired: true),
        ]
    )

    func get(_ arguments: [String: String], in context: CallContext) async throws(ToolError) -> PromptResult {
        let (first, second) = (arguments["arg1"] ?? "", arguments["arg2"] ?? "")
        return PromptResult(messages: [.user("Prompt with arguments: arg1='\(first)', arg2='\(second)'")])
    }

    func complete(
        _ argument: String,
        value: String,
        given: [String: String],
        in context: CallContext
    ) async throws(ToolError) -> [String] {
        ["testValue1", "testValue2", "other"].filter { $0.hasPrefix(value) }
    }
}

/// `test_prompt_with_embedded_resource`: puts a resource before the model.
struct ResourcePrompt: Prompt {
    let descriptor = PromptDescriptor(
        name: "test_prompt_with_embedded_resource",
        summary: "A prompt that holds a resource.",
        arguments: [PromptArgument("resourceUri", summary: "The URI of the resource.", isRequired: true)]
    )

    func get(_ arguments: [String: String], in context: CallContext) async throws(ToolError) -> PromptResult {
        let resource = ContentBlock(
            .textResource(
                uri: arguments["resourceUri"] ?? "",
                mimeType: "text/plain",
                text: "Embedded resource content for testing."
            )
        )
        return PromptResult(messages: [
            PromptMessage(role: .user, content: resource),
            .user("Please process the embedded resource above."),
        ])
    }
}

/// `test_prompt_with_image`: puts a picture before the model.
struct ImagePrompt: Prompt {
    let descriptor = PromptDescriptor(
        name: "test_prompt_with_image",
        summary: "A prompt that holds a picture."
    )

    func get(_ arguments: [String: String], in context: CallContext) async throws(ToolError) -> PromptResult {
        let image = ContentBlock(.image(base64: SampleMedia.redDot, mimeType: "image/png"))
        return PromptResult(messages: [
            PromptMessage(role: .user, content: image), .user("Please analyse the picture above."),
        ])
    }
}

/// `test_passing_prompt`: there from one call of ``PromptChangeTool`` to the next.
struct PassingPrompt: Prompt {
    let descriptor = PromptDescriptor(name: "test_passing_prompt", summary: "Comes and goes.")

    func get(_ arguments: [String: String], in context: CallContext) async throws(ToolError) -> PromptResult {
        PromptResult(messages: [.user("Still here.")])
    }
}
