// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// Tools that answer with each kind of content.
enum ContentTools {
    /// The tools, the simplest first.
    static let all: [any Tool] = [
        SimpleTextTool(), ImageTool(), AudioTool(), EmbeddedResourceTool(), MixedContentTool(), FailingTool(),
    ]
}

/// `test_simple_text`: as small as a tool can be.
struct SimpleTextTool: FixtureTool {
    let name: ToolName = "test_simple_text"
    let summary = "Answers with a text."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        .text("This is a simple text response for testing.")
    }
}

/// `test_image_content`: bytes travel in base64, with their media type.
struct ImageTool: FixtureTool {
    let name: ToolName = "test_image_content"
    let summary = "Answers with a picture."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        .content([ContentBlock(.image(base64: SampleMedia.redDot, mimeType: "image/png"))])
    }
}

/// `test_audio_content`: a client of a revision without sounds is told about it in a text.
struct AudioTool: FixtureTool {
    let name: ToolName = "test_audio_content"
    let summary = "Answers with a sound."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        .content([ContentBlock(.audio(base64: SampleMedia.silence, mimeType: "audio/wav"))])
    }
}

/// `test_embedded_resource`: a resource inside the answer need not be one that can be read.
struct EmbeddedResourceTool: FixtureTool {
    let name: ToolName = "test_embedded_resource"
    let summary = "Answers with a resource."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        .content([
            ContentBlock(
                .textResource(
                    uri: "test://embedded-resource",
                    mimeType: "text/plain",
                    text: "This is an embedded resource content."
                )
            )
        ])
    }
}

/// `test_multiple_content_types`: an answer may hold any number of pieces.
struct MixedContentTool: FixtureTool {
    let name: ToolName = "test_multiple_content_types"
    let summary = "Answers with a text, a picture and a resource."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        .content([
            .text("Multiple content types test:"),
            ContentBlock(.image(base64: SampleMedia.redDot, mimeType: "image/png")),
            ContentBlock(
                .textResource(
                    uri: "test://mixed-content-resource",
                    mimeType: "application/json",
                    text: #"{"test":"data","value":123}"#
                )
            ),
        ])
    }
}

/// `test_error_handling`: what a tool throws becomes a result that is marked as an error, for the model to read.
struct FailingTool: FixtureTool {
    let name: ToolName = "test_error_handling"
    let summary = "Always fails."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        throw ToolError(.internalFailure, "This tool intentionally returns an error for testing.")
    }
}
