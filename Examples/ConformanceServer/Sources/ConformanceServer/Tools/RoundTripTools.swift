// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// Tools that ask in every combination, in one round or several.
///
/// Between the rounds the server keeps nothing: what was answered and what a tool wants to find again travels with the
/// client, sealed by the library, and comes back with the next round.
enum RoundTripTools {
    /// The tools.
    static let all: [any Tool] = [
        AskNameTool(), AskModelTool(), AskRootsTool(), AskWithStateTool(), AskAllTool(), AskTwiceTool(),
        AskSealedTool(), AskWhatCanBeAskedTool(),
    ]

    /// The question for a name.
    static let userName = InputQuestion(
        "user_name",
        .form("What is your name?", ElicitationField("name", .text(), isRequired: true))
    )
    /// The question for a confirmation.
    static let confirmation = InputQuestion(
        "confirm",
        .form("Please confirm.", ElicitationField("ok", .boolean(), isRequired: true))
    )
    /// The question for the client's directories.
    static let roots = InputQuestion("client_roots", .roots)
}

/// `test_input_required_result_elicitation`: asks the user.
struct AskNameTool: FixtureTool {
    let name: ToolName = "test_input_required_result_elicitation"
    let summary = "Asks the user for a name, then greets."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let question = RoundTripTools.userName
        let answer = try context.answer(question.key, to: question.request)
        guard let name = answer.form?["name"]?.stringValue else { return .text("Hello, whoever you are!") }
        return .text("Hello, \(name)!")
    }
}

/// `test_input_required_result_sampling`: asks the client's model.
struct AskModelTool: FixtureTool {
    let name: ToolName = "test_input_required_result_sampling"
    let summary = "Asks the client's model a question, then answers with what it said."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let answer = try context.answer("capital_question", to: .model("What is the capital of France?"))
        return .text("The model said: \(answer.modelText ?? "something that is no text")")
    }
}

/// `test_input_required_result_list_roots`: asks for the client's directories.
struct AskRootsTool: FixtureTool {
    let name: ToolName = "test_input_required_result_list_roots"
    let summary = "Asks for the client's directories, then names them."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let question = RoundTripTools.roots
        let answer = try context.answer(question.key, to: question.request)
        return .text("The client's directories: \(answer.rootAddresses.joined(separator: ", "))")
    }
}

/// `test_input_required_result_request_state`: finds again what it said before.
struct AskWithStateTool: FixtureTool {
    let name: ToolName = "test_input_required_result_request_state"
    let summary = "Asks for a confirmation, and checks that its own state came back."

    private static let state: JSONValue = ["step": "confirming"]

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let question = RoundTripTools.confirmation
        let answers = try context.answers(to: [question], state: Self.state)
        let isConfirmed = answers[question.key]?.form?["ok"]?.boolValue ?? false
        let word = context.state == Self.state ? "state-ok" : "state-missing"
        return .text("\(word), confirmed: \(isConfirmed)")
    }
}

/// `test_input_required_result_multiple_inputs`: asks the user, the model and the client at once.
struct AskAllTool: FixtureTool {
    let name: ToolName = "test_input_required_result_multiple_inputs"
    let summary = "Asks for a name, a greeting and directories in one round."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let greeting = InputQuestion("greeting", .model("Write a short greeting."))
        let answers = try context.answers(
            to: [RoundTripTools.userName, greeting, RoundTripTools.roots],
            state: ["step": "asking everyone"]
        )
        let name = answers[RoundTripTools.userName.key]?.form?["name"]?.stringValue ?? "nobody"
        let words = answers[greeting.key]?.modelText ?? "nothing"
        let count = answers[RoundTripTools.roots.key]?.rootAddresses.count ?? 0
        return .text("name: \(name), greeting: \(words), directories: \(count)")
    }
}

/// `test_input_required_result_multi_round`: asks again, with what it knows by then.
struct AskTwiceTool: FixtureTool {
    let name: ToolName = "test_input_required_result_multi_round"
    let summary = "Asks for a name, then for a colour."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let first = try context.answer(
            "step1",
            to: .form("What is your name?", ElicitationField("name", .text(), isRequired: true))
        )
        let name = first.form?["name"]?.stringValue ?? "nobody"
        let second = try context.answer(
            "step2",
            to: .form("What is your favourite colour, \(name)?", ElicitationField("color", .text()))
        )
        return .text("\(name) likes \(second.form?["color"]?.stringValue ?? "no colour").")
    }
}

/// `test_input_required_result_tampered_state`: goes on only with the state that it gave.
///
/// There is nothing to check here: a state that was changed on the way never reaches a tool.
struct AskSealedTool: FixtureTool {
    let name: ToolName = "test_input_required_result_tampered_state"
    let summary = "Asks for a confirmation; a changed state is refused."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let question = RoundTripTools.confirmation
        let answers = try context.answers(to: [question], state: ["step": "confirming"])
        return .text("Confirmed: \(answers[question.key]?.form?["ok"]?.boolValue ?? false)")
    }
}

/// `test_input_required_result_capabilities`: asks only what this client can be asked.
struct AskWhatCanBeAskedTool: FixtureTool {
    let name: ToolName = "test_input_required_result_capabilities"
    let summary = "Asks the user or the client's model, whichever the client declares."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let greeting = InputQuestion("greeting", .model("Write a short greeting."))
        let questions = [RoundTripTools.userName, greeting]
        let usable = questions.filter { context.canAsk($0.request) }
        let answers = try context.answers(to: usable)
        return .text("Answers to: \(answers.keys.sorted().joined(separator: ", "))")
    }
}
