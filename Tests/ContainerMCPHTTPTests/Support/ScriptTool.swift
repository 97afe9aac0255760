// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// A tool that does what its one argument says, step by step, so that a test decides what is said when.
///
/// Steps are words: `progress:1`, `log:text`, `logs:300x1000` (so many, so long), `wait:door`, `say:word` (to
/// the test), `break` (the connection), `size:100` (of the answer).
struct ScriptTool: Tool {
    struct Arguments: Sendable {
        var script: String?
    }

    let name: ToolName = "script"
    let title = "Script"
    let summary = "Does what it is told."
    let effects: ToolEffects = []
    let outputSchema: JSONValue? = nil
    let gates: Gates
    let words: AsyncStream<String>.Continuation

    var fields: ToolFields<Arguments> {
        ToolFields(Arguments(), [.optional("script", \.script, maxLength: 4_000, "What to do.")])
    }

    func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        var text = "done"
        for step in (arguments.script ?? "").split(separator: " ") {
            let parts = step.split(separator: ":", maxSplits: 1).map(String.init)
            let value = parts.count == 2 ? parts[1] : ""
            switch parts[0] {
            case "progress": context.progress(Double(value) ?? 0)
            case "log": context.log(.info, .string(value))
            case "logs":
                let numbers = value.split(separator: "x").compactMap { Int($0) }
                for number in 0..<(numbers.first ?? 0) {
                    context.log(
                        .info,
                        .string("\(number)" + String(repeating: "l", count: numbers.last ?? 0))
                    )
                }
            case "wait": await gates.pass(value)
            case "say": words.yield(value)
            case "break": context.breakStream()
            case "size": text = String(repeating: "x", count: Int(value) ?? 0)
            default: throw ToolError(.invalidArgument, "There is no step '\(step)'.")
            }
        }
        if Task.isCancelled { words.yield("cancelled") }
        return ToolOutput(["text": .string(text), "success": true])
    }
}
