// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// Tools that say something while they work.
///
/// Nothing of it waits, and nothing goes out where the client did not ask for it.
enum NewsTools {
    /// The tools.
    static let all: [any Tool] = [ProgressTool(), LoggingTool(), QuietLoggingTool(), ReconnectionTool()]
}

/// `test_tool_with_progress`: tells how far it got.
struct ProgressTool: FixtureTool {
    let name: ToolName = "test_tool_with_progress"
    let summary = "Tells its progress in three steps."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        for done in [0.0, 50, 100] {
            context.progress(done, of: 100, message: "Completed \(Int(done)) of 100")
            try await pause(.milliseconds(50))
        }
        return .text("Done in three steps.")
    }
}

/// `test_tool_with_logging`: sends log messages.
struct LoggingTool: FixtureTool {
    let name: ToolName = "test_tool_with_logging"
    let summary = "Sends three log messages."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        for message in ["Tool execution started", "Tool processing data", "Tool execution completed"] {
            context.log(.info, .string(message), logger: "fixtures")
            try await pause(.milliseconds(50))
        }
        return .text("Sent three log messages.")
    }
}

/// `test_logging_tool`: a client that names no level hears nothing of it.
struct QuietLoggingTool: FixtureTool {
    let name: ToolName = "test_logging_tool"
    let summary = "Sends a log message to clients that want it."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        context.log(.info, ["message": "The tool was called."], logger: "fixtures")
        return .text("Sent a log message, if one was wanted.")
    }
}

/// `test_reconnection`: breaks the connection off; the client fetches the answer over a new one.
struct ReconnectionTool: FixtureTool {
    let name: ToolName = "test_reconnection"
    let summary = "Ends the connection that carries its answer, and goes on."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        context.breakStream()
        try await pause(.milliseconds(200))
        return .text("The answer came after a new connection.")
    }
}
