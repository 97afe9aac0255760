// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import Synchronization

/// What a guarded tool asks permission for.
struct GuardedAction: PolicedAction {
    let tool: ToolName = "guarded"
    let thing: String

    var demands: [Demand] { [.other(verb: "open", subject: thing)] }
}

/// A tool that the policy decides about.
struct GuardedTool: Tool {
    struct Arguments: Sendable {
        var thing = ""
        var more: String?
    }

    /// What it did.
    final class Record: Sendable {
        private let state = Mutex<[String]>([])

        var opened: [String] { state.withLock(\.self) }

        func add(_ thing: String) {
            state.withLock { $0.append(thing) }
        }
    }

    let name: ToolName = "guarded"
    let title = "Guarded"
    let summary = "Opens a thing."
    let effects: ToolEffects = []
    var taskSupport = TaskSupport.never
    let record: Record
    /// What happens once there is permission.
    var then: @Sendable (CallContext) async throws(ToolError) -> Void = { _ async throws(ToolError) in }

    init(_ record: Record) {
        self.record = record
    }

    var fields: ToolFields<Arguments> {
        ToolFields(
            Arguments(),
            [
                .required("thing", \.thing, maxLength: 100, "What to open."),
                .optional("more", \.more, maxLength: 100, "Nothing."),
            ]
        )
    }

    func action(for arguments: Arguments) throws(ToolError) -> GuardedAction {
        GuardedAction(thing: arguments.thing)
    }

    func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let permitted = try context.permit(action(for: arguments))
        try await then(context)
        record.add(permitted.action.thing)
        return .text("opened \(permitted.action.thing)")
    }
}

/// Grants everything that is not policed otherwise, and asks about things whose name begins with a word.
struct AskingRule: PolicyRule {
    let id = "ask-first"
    var prefix = "ask"

    func verdict(on request: PolicyRequest) -> RuleVerdict {
        switch request.demand {
        case .other(_, let thing) where thing.hasPrefix("no"): .denies("never")
        case .other(_, let thing) where thing.hasPrefix(prefix): .asks("it is private")
        case .runProgram("rm", _): .asks("it deletes")
        default: .abstains
        }
    }
}

/// Grants what only a test knows.
struct GrantingRule: PolicyRule {
    let id = "grant"

    func verdict(on request: PolicyRequest) -> RuleVerdict {
        if case .other = request.demand { .grants("a test") } else { .abstains }
    }
}
