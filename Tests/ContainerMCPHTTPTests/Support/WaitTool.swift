// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// A tool that works until it is cancelled, and says when it begins and ends.
struct WaitTool: Tool {
    struct Arguments: Sendable {}

    let name: ToolName = "wait"
    let title = "Wait"
    let summary = "Waits."
    let effects: ToolEffects = []
    let outputSchema: JSONValue? = nil
    let events: AsyncStream<String>.Continuation

    var fields: ToolFields<Arguments> { ToolFields(Arguments(), []) }

    func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        events.yield("began")
        let (never, input) = AsyncStream.makeStream(of: Void.self)
        for await _ in never {}
        input.finish()
        events.yield("cancelled")
        return ToolOutput(["success": true])
    }
}
