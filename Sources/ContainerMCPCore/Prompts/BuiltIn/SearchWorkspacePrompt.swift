// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol

/// `search_workspace`: find where something is said or done.
struct SearchWorkspacePrompt: BuiltInPrompt {
    let facts: PromptFacts

    var completions: [String: ArgumentCompletion] {
        ["path": .folders]
    }

    var descriptor: PromptDescriptor {
        PromptDescriptor(
            name: "search_workspace",
            title: "Search the workspace",
            summary: "Finds files by name and content, and reports the places with their lines.",
            arguments: [
                PromptArgument(
                    "pattern",
                    title: "What to find",
                    summary: "A word, a phrase, or a regular expression.",
                    isRequired: true
                ),
                PromptArgument(
                    "path",
                    title: "Folder",
                    summary:
                        "Where to search, in the workspace or below /data; all of the workspace by default."
                ),
            ]
        )
    }

    func get(_ arguments: [String: String], in context: CallContext) async throws(ToolError) -> PromptResult {
        let values = PromptValues(arguments: arguments)
        let pattern = try values.required("pattern")
        let folder = try values.optionalPath("path", default: "/")
        let place = folder.fullText
        let way: String
        if facts.offersCommand("grep") {
            way = """
                Search contents with system_run_command: grep -rnIE with the pattern in single quotes, in '\(place)', with \
                'head -n 200' behind it where that is allowed. Use grep -F for text that is no regular expression.
                """
        } else if facts.hasPython {
            way = "Search contents with system_run_python: os.walk over '\(place)' and re, at most 200 hits."
        } else {
            way = "Read the likely files with file_read, and search in what you read."
        }
        let message = PromptText.message(
            [
                "Find this in the folder '\(folder)':",
                PromptText.fenced(pattern),
                """
                Look at names first: file_list with the path '\(folder)' and a pattern such as **/*.md. \(way) Give each \
                place as path:line with the line itself, the most telling first, and say what was not searched (other \
                endings, files that are too large, bytes that are no text). If there is nothing, try other spellings \
                and say which you tried.
                """,
            ],
            facts
        )
        return PromptResult(summary: "Search \(folder)", messages: [message])
    }
}
