// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol

/// `analyse_data`: answer a question from a data file.
struct AnalyseDataPrompt: BuiltInPrompt {
    let facts: PromptFacts

    var completions: [String: ArgumentCompletion] {
        ["path": .paths, "encoding": .words(TextEncoding.allCases.map(\.rawValue))]
    }

    var descriptor: PromptDescriptor {
        PromptDescriptor(
            name: "analyse_data",
            title: "Analyse a data file",
            summary: "Answers a question from a CSV, JSON or text file, by computing and not by guessing.",
            arguments: [
                PromptArgument(
                    "path",
                    title: "File",
                    summary: "The file, in the workspace or below /data.",
                    isRequired: true
                ),
                PromptArgument(
                    "question",
                    title: "Question",
                    summary: "What you want to know.",
                    isRequired: true
                ),
                PromptArgument(
                    "encoding",
                    title: "Encoding",
                    summary: "The encoding of the file where it is not utf-8, such as latin-1."
                ),
            ]
        )
    }

    func get(_ arguments: [String: String], in context: CallContext) async throws(ToolError) -> PromptResult {
        let values = PromptValues(arguments: arguments)
        let path = try values.requiredPath("path")
        let question = try values.required("question")
        let encoding = try values.optional("encoding")
        if let encoding { _ = try TextEncoding(parsing: encoding) }
        let file = try await PromptFile(path, encoding: encoding, facts: facts, in: context)
        let place = path.fullText
        let way =
            facts.hasPython
            ? "Compute with system_run_python (csv, json, statistics, collections; the file is '\(place)' there)."
            : "Compute with system_run_command (the file is '\(place)' there)."
        let message = PromptText.message(
            [
                "Answer this question from a data file:",
                PromptText.fenced(question),
                file.note,
                encoding.map { "Its encoding is \($0)." },
                """
                First look at the shape: columns or keys, types, number of rows, missing and odd values. \(way) Do not \
                estimate from a part of the file what can be computed from all of it, and check the result in a second \
                way. Answer with the numbers, how they were computed, and what in the data limits the answer.
                """,
            ],
            facts
        )
        return PromptResult(
            summary: "Answer a question from \(path)",
            messages: [message] + file.messages
        )
    }
}
