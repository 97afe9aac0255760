// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol

/// `convert_file`: write the content of a file in another format.
struct ConvertFilePrompt: BuiltInPrompt {
    let facts: PromptFacts

    var completions: [String: ArgumentCompletion] {
        ["path": .paths, "destination": .paths, "format": .words(facts.allowedEndings.sorted())]
    }

    var descriptor: PromptDescriptor {
        PromptDescriptor(
            name: "convert_file",
            title: "Convert a file",
            summary: "Writes the content of a file in another format, and checks that nothing was lost.",
            arguments: [
                PromptArgument(
                    "path",
                    title: "File",
                    summary: "The file, in the workspace or below /data.",
                    isRequired: true
                ),
                PromptArgument(
                    "format",
                    title: "Format",
                    summary: "The new format, such as json, csv or md.",
                    isRequired: true
                ),
                PromptArgument(
                    "destination",
                    title: "New file",
                    summary: "The path of the new file; beside the old one by default."
                ),
            ]
        )
    }

    func get(_ arguments: [String: String], in context: CallContext) async throws(ToolError) -> PromptResult {
        let values = PromptValues(arguments: arguments)
        let path = try values.requiredPath("path")
        let format = try values.required("format")
        let destination = try values.optionalPath("destination")
        if destination?.root == .data {
            throw ToolError(
                .invalidArgument,
                "'destination' must be in the workspace; /data can't be written."
            )
        }
        let file = try await PromptFile(path, facts: facts, in: context)
        let way =
            facts.hasPython
            ? "Convert with system_run_python, which writes files itself, and not by copying the content by hand."
            : "Convert what you read, and write it with file_write."
        let message = PromptText.message(
            [
                "Convert a file to this format:",
                PromptText.fenced(format),
                file.note,
                destination.map { "The new file is '\($0)'." }
                    ?? "Put the new file beside the old one, or into the workspace if the old one is below /data.",
                """
                \(way) Do not overwrite a file without asking me. Afterwards read the new file back, compare the number \
                of records and fields with the old one, and report what the new format can't hold.
                """,
            ],
            facts
        )
        return PromptResult(
            summary: "Convert \(path)",
            messages: [message] + file.messages
        )
    }
}
