// SPDX-License-Identifier: Apache-2.0

/// A prompt that comes with the tools.
protocol BuiltInPrompt: Prompt {
    var facts: PromptFacts { get }
    /// The arguments that can be completed.
    var completions: [String: ArgumentCompletion] { get }
}

extension BuiltInPrompt {
    func complete(
        _ argument: String,
        value: String,
        given: [String: String],
        in context: CallContext
    ) async throws(ToolError) -> [String] {
        switch completions[argument] {
        case .words(let words): return PromptText.completions(of: value, from: words)
        case .paths: return try await facts.paths(for: value, in: context)
        case .folders:
            let paths = try await facts.paths(for: value, in: context)
            return paths.filter { $0.utf8.last == UInt8(ascii: "/") }
        case nil: return []
        }
    }
}
