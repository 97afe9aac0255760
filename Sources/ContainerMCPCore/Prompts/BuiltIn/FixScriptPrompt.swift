// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol

/// `fix_script`: find out why a script fails, and put it right.
struct FixScriptPrompt: BuiltInPrompt {
    let facts: PromptFacts

    var completions: [String: ArgumentCompletion] {
        ["path": .paths]
    }

    var descriptor: PromptDescriptor {
        PromptDescriptor(
            name: "fix_script",
            title: "Fix a script",
            summary: "Runs a script of the workspace, finds out why it fails, and puts it right.",
            arguments: [
                PromptArgument(
                    "path",
                    title: "Script",
                    summary: "The script in the workspace.",
                    isRequired: true
                ),
                PromptArgument(
                    "problem",
                    title: "Problem",
                    summary: "What goes wrong, or what it should do."
                ),
            ]
        )
    }

    func get(_ arguments: [String: String], in context: CallContext) async throws(ToolError) -> PromptResult {
        let values = PromptValues(arguments: arguments)
        let path = try values.requiredPath("path")
        let problem = try values.optional("problem").map { "What is wrong:\n\n\(PromptText.fenced($0))" }
        let file = try await PromptFile(path, facts: facts, in: context)
        let isPython = path.components.last.flatMap { MediaType(fileName: $0) }?.name == "text/x-python"
        let place = path.fullText
        let way: String
        if isPython, facts.hasPython {
            way =
                "Run it with system_run_python: import runpy; runpy.run_path('\(place)', run_name='__main__')."
        } else if facts.offersCommands {
            way =
                "Run it with system_run_command: source '\(place)' (files of the workspace can't be executed)."
        } else {
            way = "It can't be run here, so reason from its text."
        }
        let copy =
            path.root == .data
            ? "The data folder can't be written, so put the new version into the workspace."
            : "Write the new version with file_write to the same path only when it works."
        let message = PromptText.message(
            [
                "Put a script right.",
                file.note,
                problem,
                """
                \(way) Read the error with its line number, say what causes it before you change anything, and change as \
                little as possible. \(copy) Then run it again, and try one case that failed before and one that did not. \
                At the end show the difference and the reason for each change. If it needs a program, a package or a \
                network that is not there, say so instead of working around it.
                """,
            ],
            facts
        )
        return PromptResult(
            summary: "Find and fix what is wrong with \(path)",
            messages: [message] + file.messages
        )
    }
}
