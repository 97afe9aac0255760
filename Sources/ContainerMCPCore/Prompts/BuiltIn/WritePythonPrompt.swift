// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol

/// `write_python`: write a program, try it, and keep it.
struct WritePythonPrompt: BuiltInPrompt {
    let facts: PromptFacts

    var completions: [String: ArgumentCompletion] {
        ["input_file": .paths, "output_file": .paths]
    }

    var descriptor: PromptDescriptor {
        var arguments = [
            PromptArgument(
                "task",
                title: "Task",
                summary: "What the program is to do.",
                isRequired: true
            )
        ]
        if facts.files != nil {
            arguments += [
                PromptArgument(
                    "input_file",
                    title: "Input",
                    summary: "A file that the program works on."
                ),
                PromptArgument(
                    "output_file",
                    title: "Program",
                    summary: "Where to keep the program, such as tools/count.py."
                ),
            ]
        }
        return PromptDescriptor(
            name: "write_python",
            title: "Write a Python program",
            summary:
                "Writes a Python program for a task, runs it in the sandbox until it works, and explains it.",
            arguments: arguments
        )
    }

    func get(_ arguments: [String: String], in context: CallContext) async throws(ToolError) -> PromptResult {
        let values = PromptValues(arguments: arguments)
        let task = try values.required("task")
        let input = try values.optionalPath("input_file")
        let output = try values.optionalPath("output_file")
        var file: PromptFile?
        if let input { file = try await PromptFile(input, facts: facts, in: context) }
        let message = PromptText.message(
            [
                "Write a Python program for this task:",
                PromptText.fenced(task),
                file?.note,
                """
                Work like this: write the smallest version that does the task, run it with system_run_python, read \
                'output', 'error' and 'result', and go on until it works on ordinary and on odd input (empty, missing, \
                very long). Use the standard library only. Handle a missing file with a clear message.
                """,
                output.map {
                    "Keep the finished program with file_write as '\($0)', and run it once from there."
                },
                "At the end show the program, what it printed, and how to use it.",
            ],
            facts
        )
        let messages = [message] + (file?.message.map { [$0] } ?? [])
        return PromptResult(summary: "Write, run and explain a Python program", messages: messages)
    }
}
