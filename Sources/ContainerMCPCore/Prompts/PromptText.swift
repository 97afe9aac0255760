// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol

/// Words that prompts share.
enum PromptText {
    /// A text of the user between fences that it can't close, so that it stays apart from the words around it.
    static func fenced(_ text: String, as language: String = "") -> String {
        var longest = 0
        var run = 0
        for byte in text.utf8 {
            run = byte == 0x60 ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return "\(fence)\(language)\n\(text)\(text.utf8.last == 0x0A ? "" : "\n")\(fence)"
    }

    /// The text of a message, with what works on this server at its end.
    static func message(_ parts: [String?], _ facts: PromptFacts) -> PromptMessage {
        let text = parts.compactMap { $0 } + ["What works here:\n" + facts.surroundings]
        return PromptMessage(role: .user, content: .text(text.joined(separator: "\n\n")))
    }

    /// The values that begin with a text.
    static func completions(of value: String, from all: some Sequence<String>) -> [String] {
        all.filter { $0.utf8.starts(with: value.utf8) }
    }
}
