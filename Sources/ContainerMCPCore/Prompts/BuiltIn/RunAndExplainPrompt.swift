// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol

/// `run_and_explain`: run a command line and say what it did.
struct RunAndExplainPrompt: BuiltInPrompt {
    let facts: PromptFacts

    var completions: [String: ArgumentCompletion] {
        ["command": .words(facts.commandNames)]
    }

    var descriptor: PromptDescriptor {
        PromptDescriptor(
            name: "run_and_explain",
            title: "Run a command and explain it",
            summary: "Runs a command line in the sandbox and explains what it did and what its output means.",
            arguments: [
                PromptArgument(
                    "command",
                    title: "Command",
                    summary: "The command line for bash.",
                    isRequired: true
                ),
                PromptArgument("goal", title: "Goal", summary: "What you want to find out with it."),
            ]
        )
    }

    func get(_ arguments: [String: String], in context: CallContext) async throws(ToolError) -> PromptResult {
        let values = PromptValues(arguments: arguments)
        let command = try values.required("command")
        let goal = try values.optional("goal").map { "What I want to find out:\n\n\(PromptText.fenced($0))" }
        let message = PromptText.message(
            [
                "Run this command line with system_run_command, exactly as it is:",
                PromptText.fenced(command, as: "bash"),
                goal,
                """
                Then explain in plain words what each part of it does, what the output means, and what the exit code \
                says. If 'success' is false, say why and how to put it right. If the call was refused, nothing ran: name \
                the program that is not allowed and the nearest way with those that are, and ask me before you run \
                something else. If the output was cut, read the file that 'output_file' names before you draw conclusions.
                """,
            ],
            facts
        )
        return PromptResult(summary: "Run a command and explain what it did", messages: [message])
    }
}
