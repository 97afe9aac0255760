// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// Tools whose calls may go on after their requests, as tasks.
///
/// A tool says in ``Tool/taskSupport`` whether and when; all else is the library's. A client that knows no tasks waits
/// for the answer, unless the tool can't be had without.
enum TaskTools {
    /// The tools.
    static let all: [any Tool] = [
        GreetTool(), SlowTool(), FailingJobTool(), ProtocolErrorJobTool(), ConfirmDeleteTool(),
        MultiInputTool(), DetachingTool(),
    ]
}

/// `greet`: never a task.
struct GreetTool: FixtureTool {
    /// The arguments of the tool.
    struct Arguments: Sendable {
        var name = ""
    }

    let name: ToolName = "greet"
    let summary = "Greets."
    let fields = ToolFields(
        Arguments(),
        [.required("name", \.name, maxLength: 1_024, "Who is greeted.")]
    )

    func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        .text("Hello, \(arguments.name)!")
    }
}

/// `slow_compute`: takes its time, as a task where the client can follow it.
struct SlowTool: FixtureTool {
    /// The arguments of the tool.
    struct Arguments: Sendable {
        var seconds: Int?
        var label: String?
    }

    let name: ToolName = "slow_compute"
    let summary = "Waits, then answers."
    let fields = ToolFields(
        Arguments(),
        [
            .optional("seconds", \.seconds, 0...60, default: 1, "How long to wait."),
            .optional("label", \.label, maxLength: 1_024, "A word for the answer."),
        ]
    )
    let taskSupport = TaskSupport.optional(.atOnce)

    func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let seconds = arguments.seconds ?? 1
        try await pause(.seconds(seconds))
        return .text("\(arguments.label ?? "Computed") after \(seconds) s")
    }
}

/// `failing_job`: only as a task, and ends with a result that the tool itself marks as an error.
struct FailingJobTool: FixtureTool {
    let name: ToolName = "failing_job"
    let summary = "Fails after a second; can be called only as a task."
    let taskSupport = TaskSupport.required(.atOnce)

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        try await pause(.seconds(1))
        var output = ToolOutput.text("The job failed, as it always does.")
        output.isError = true
        return output
    }
}

/// `protocol_error_job`: ends with an error of the protocol in the place of a result.
///
/// That is for what no model can mend; nearly always a ``ToolError`` with words is better.
struct ProtocolErrorJobTool: FixtureTool {
    let name: ToolName = "protocol_error_job"
    let summary = "Ends with an error of the protocol."
    let taskSupport = TaskSupport.optional(.atOnce)

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        throw ToolError(JSONRPCError(.internalError, "This job intentionally ends with a protocol error."))
    }
}

/// `confirm_delete`: asks while it is a task already, in the same words as ever.
struct ConfirmDeleteTool: FixtureTool {
    /// The arguments of the tool.
    struct Arguments: Sendable {
        var filename = ""
    }

    let name: ToolName = "confirm_delete"
    let summary = "Asks whether to delete a file, and pretends to do it."
    let fields = ToolFields(
        Arguments(),
        [.required("filename", \.filename, maxLength: 1_024, "The name of the file.")]
    )
    let taskSupport = TaskSupport.optional(.atOnce)

    func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let answer = try context.answer(
            "confirm",
            to: .form(
                "Delete '\(arguments.filename)'?",
                ElicitationField("confirm", .boolean(), isRequired: true)
            )
        )
        let isConfirmed = answer.form?["confirm"]?.boolValue ?? false
        return .text(isConfirmed ? "Deleted '\(arguments.filename)'." : "Kept '\(arguments.filename)'.")
    }
}

/// `multi_input`: asks two things at once; they can be answered one after the other.
struct MultiInputTool: FixtureTool {
    let name: ToolName = "multi_input"
    let summary = "Asks two things at once."
    let taskSupport = TaskSupport.optional(.atOnce)

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let answers = try context.answers(to: [
            InputQuestion("name", .form("What is your name?", ElicitationField("name", .text()))),
            InputQuestion("consent", .form("Is that all right?", ElicitationField("confirm", .boolean()))),
        ])
        let name = answers["name"]?.form?["name"]?.stringValue ?? "nobody"
        let isAgreed = answers["consent"]?.form?["confirm"]?.boolValue ?? false
        return .text("name: \(name), agreed: \(isAgreed)")
    }
}

/// `test_tool_with_task`: asks first, then leaves its request.
struct DetachingTool: FixtureTool {
    let name: ToolName = "test_tool_with_task"
    let summary = "Asks for a name, then greets in the background; can be called only as a task."
    let taskSupport = TaskSupport.required(.onDetach)

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let answer = try context.answer(
            "user_name",
            to: .form("What is your name?", ElicitationField("name", .text(), isRequired: true))
        )
        // All that has to be asked was asked: from here on the client need not wait.
        await context.detach()
        try await pause(.seconds(1))
        return .text("Hello, \(answer.form?["name"]?.stringValue ?? "whoever you are")!")
    }
}
