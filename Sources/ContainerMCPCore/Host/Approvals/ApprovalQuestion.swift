// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import Crypto

/// The question that an `ask` of the policy becomes.
struct ApprovalQuestion: Sendable {
    /// What a user said.
    enum Choice: Sendable, Equatable {
        case once
        case always
        /// - Parameter word: How, for the audit log.
        case no(word: String)
    }

    private static let field = "decision"
    private static let once = "once"
    private static let always = "always"
    private static let no = "no"

    /// Stands for the tool, the rules and what they ask about.
    let digest: String
    /// Names the question within its call.
    let key: String
    /// The question for the client.
    let request: InputRequest

    /// - Parameters:
    ///   - approval: What the policy wants to be asked.
    ///   - holder: For whom "always" has a meaning; nil to offer no such thing.
    init(_ approval: ApprovalRequest, for holder: ApprovalDesk.Holder?) {
        var hash = SHA256()
        for part in [approval.tool.rawValue] + approval.questions.flatMap({ [$0.ruleID, "\($0.demand)"] }) {
            // The length first, so that no two lists have one text.
            hash.update(data: Array("\(part.utf8.count):\(part)".utf8))
        }
        digest = hash.finalize().map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        key = "approval-" + digest.prefix(32)
        var choices = [Self.once: "Allow once", Self.no: "Don't allow"]
        var order = [Self.once, Self.no]
        switch holder {
        case .conversation?: choices[Self.always] = "Allow always, until this conversation ends"
        case .subject?: choices[Self.always] = "Allow always, for 30 minutes"
        case nil: break
        }
        if holder != nil { order.insert(Self.always, at: 1) }
        request = .elicitation(
            .form(
                message: approval.question,
                ElicitationForm([
                    ElicitationField(
                        Self.field,
                        .choice(order, titles: order.map { choices[$0] ?? $0 }),
                        isRequired: true,
                        title: "Decision"
                    )
                ])
            )
        )
    }

    func choice(in answer: InputAnswer) -> Choice {
        guard case .elicitation(let action, let content) = answer else { return .no(word: "no_answer") }
        switch action {
        case .decline: return .no(word: "declined")
        case .cancel: return .no(word: "dismissed")
        case .accept: break
        }
        switch content[Self.field]?.stringValue {
        case Self.once: return .once
        case Self.always: return .always
        default: return .no(word: "refused")
        }
    }
}
