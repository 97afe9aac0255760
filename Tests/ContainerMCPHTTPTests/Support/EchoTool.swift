// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// A tool that needs nothing: answers with what it got, or with a text of a given size.
struct EchoTool: Tool {
    struct Arguments: Sendable {
        var text: String?
        var size: Int?
    }

    let name: ToolName = "echo"
    let title = "Echo"
    let summary = "Says it again."
    let effects: ToolEffects = []
    let outputSchema: JSONValue? = nil

    var fields: ToolFields<Arguments> {
        ToolFields(
            Arguments(),
            [
                .optional("text", \.text, maxLength: 1_000, "What to say."),
                .optional("size", \.size, 0...20_000_000, "How much to say."),
            ]
        )
    }

    func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let text = arguments.size.map { String(repeating: "x", count: $0) } ?? arguments.text ?? ""
        return ToolOutput(["text": .string(text), "success": true])
    }
}
