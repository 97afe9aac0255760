// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// Tools that ask the user or the client's model one thing.
///
/// A tool asks with ``CallContext/answer(_:to:)`` and knows nothing of how that travels: as a request of the server
/// before 2026-07-28, as a result that wants to be answered since then. Until the answer is there the call is
/// interrupted, and it begins again from the top with it; a client that can't be asked is told so by the library.
enum QuestionTools {
    /// The tools.
    static let all: [any Tool] = [
        SamplingTool(), ElicitationTool(), DefaultsTool(), ChoicesTool(), MissingCapabilityTool(),
        StreamingElicitationTool(), AddressTool(),
    ]
}

/// `test_sampling`: asks the client's model.
struct SamplingTool: FixtureTool {
    /// The arguments of the tool.
    struct Arguments: Sendable {
        var prompt = ""
    }

    let name: ToolName = "test_sampling"
    let summary = "Asks the client's model, and answers with what it says."
    let fields = ToolFields(
        Arguments(),
        [.required("prompt", \.prompt, maxLength: 4_096, "What the model is asked.")]
    )

    func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let answer = try context.answer("completion", to: .model(arguments.prompt))
        return .text("LLM response: \(answer.modelText ?? "something that is no text")")
    }
}

/// `test_elicitation`: asks the user.
struct ElicitationTool: FixtureTool {
    /// The arguments of the tool.
    struct Arguments: Sendable {
        var message = ""
    }

    let name: ToolName = "test_elicitation"
    let summary = "Asks the user for a name and an address, and answers with what they did."
    let fields = ToolFields(
        Arguments(),
        [.required("message", \.message, maxLength: 4_096, "What the user is asked.")]
    )

    func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let answer = try context.answer(
            "account",
            to: .form(
                arguments.message,
                ElicitationField("username", .text(), isRequired: true, summary: "The user's name."),
                ElicitationField("email", .text(), isRequired: true, summary: "The user's mail address.")
            )
        )
        return .text("User response: \(answer.action), content: \(answer.form ?? [:])")
    }
}

/// `test_elicitation_sep1034_defaults`: a form that is filled in already.
struct DefaultsTool: FixtureTool {
    let name: ToolName = "test_elicitation_sep1034_defaults"
    let summary = "Asks the user with a form of five fields that have defaults."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let answer = try context.answer(
            "profile",
            to: .form(
                "Please review the form, whose fields have defaults.",
                ElicitationField("name", .text(default: "John Doe"), summary: "Who it is."),
                ElicitationField("age", .integer(default: 30), summary: "In years."),
                ElicitationField("score", .number(default: 95.5), summary: "In points."),
                ElicitationField("status", .choice(["active", "inactive", "pending"], default: "active")),
                ElicitationField("verified", .boolean(default: true), summary: "Whether it was checked.")
            )
        )
        return .text("Elicitation completed: action=\(answer.action), content=\(answer.form ?? [:])")
    }
}

/// `test_elicitation_sep1330_enums`: the five ways to let the user choose.
struct ChoicesTool: FixtureTool {
    let name: ToolName = "test_elicitation_sep1330_enums"
    let summary = "Asks the user with a form of every kind of choice."

    private static let options = ["option1", "option2", "option3"]
    private static let values = ["value1", "value2", "value3"]
    private static let titles = ["First Value", "Second Value", "Third Value"]

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let answer = try context.answer(
            "choices",
            to: .form(
                "Please choose.",
                ElicitationField("untitledSingle", .choice(Self.options)),
                ElicitationField("titledSingle", .choice(Self.values, titles: Self.titles)),
                ElicitationField(
                    "legacyEnum",
                    .choice(
                        ["opt1", "opt2", "opt3"],
                        titles: ["Option One", "Option Two", "Option Three"],
                        legacyNames: true
                    )
                ),
                ElicitationField("untitledMulti", .choices(Self.options)),
                ElicitationField("titledMulti", .choices(Self.values, titles: Self.titles))
            )
        )
        return .text("Elicitation completed: action=\(answer.action), content=\(answer.form ?? [:])")
    }
}

/// `test_missing_capability`: can't do without the client's model.
///
/// Nothing has to be done for that: a 2026-07-28 client that does not declare what is asked for gets the error that
/// names it.
struct MissingCapabilityTool: FixtureTool {
    let name: ToolName = "test_missing_capability"
    let summary = "Needs a client that lets its model be asked."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let answer = try context.answer("greeting", to: .model("Say hello."))
        return .text("The model said: \(answer.modelText ?? "something that is no text")")
    }
}

/// `test_streaming_elicitation`: says something, then asks.
struct StreamingElicitationTool: FixtureTool {
    let name: ToolName = "test_streaming_elicitation"
    let summary = "Tells its progress, then asks the user whether to go on."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        context.progress(1, of: 2, message: "About to ask")
        context.log(.info, "About to ask.", logger: "fixtures")
        let answer = try context.answer(
            "go_on",
            to: .form("Go on?", ElicitationField("confirm", .boolean(), isRequired: true))
        )
        guard answer.form?["confirm"]?.boolValue == true else { return .text("The user said no.") }
        context.progress(2, of: 2, message: "Done")
        return .text("Went on.")
    }
}

/// `test_elicitation_url`: asks the user to open a page, and says when that is done.
struct AddressTool: FixtureTool {
    let name: ToolName = "test_elicitation_url"
    let summary = "Asks the user to open a page, and answers with what they did."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let answer = try context.answer(
            "page",
            to: .elicitation(.url(message: "Please sign in.", url: "https://example.test/sign-in"))
        )
        // A real tool would wait here for what comes of it.
        if answer.action == "accept" { await context.elicitationCompleted("page") }
        return .text("User response: \(answer.action)")
    }
}
