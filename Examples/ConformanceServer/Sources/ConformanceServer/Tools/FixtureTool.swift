// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// A tool of this server: it does nothing to the machine, so it asks for no permission.
///
/// A tool of a program of your own conforms to ``Tool`` and says these things itself.
protocol FixtureTool: Tool where Action == Never {}

extension FixtureTool {
    /// The name with blanks.
    var title: String { name.rawValue.split(separator: "_").joined(separator: " ") }

    /// Nothing is changed.
    var effects: ToolEffects { [] }
}

extension FixtureTool where Arguments == Void {
    /// No arguments; a call that brings some is refused.
    var fields: ToolFields<Void> { ToolFields((), []) }
}

extension ToolOutput {
    /// Makes an output of one text.
    ///
    /// - Parameter text: What the model reads.
    /// - Returns: The output.
    static func text(_ text: String) -> ToolOutput {
        .content([.text(text)])
    }
}

/// Waits, as a tool that works would take its time.
///
/// - Parameter duration: How long.
/// - Throws: ``ToolError`` as soon as the call is given up; a tool has to end soon then.
func pause(_ duration: Duration) async throws(ToolError) {
    do {
        try await Task.sleep(for: duration)
    } catch {
        throw ToolError(.cancelled, "The call was given up.")
    }
}
