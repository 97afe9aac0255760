// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// A POST by the rules of sessions.
struct LegacyPost: Sendable {
    let fields: HeaderFields
    let message: PostedMessage
    let forms: AcceptedForms
    let subject: Subject

    /// Whether a request is answered by a stream: long work is, so that what is said meanwhile can travel;
    /// everything is for a client that takes nothing else.
    var wantsStream: Bool {
        guard forms.events else { return false }
        guard forms.json else { return true }
        guard case .single(.request(let request)) = message.input else { return false }
        return [.callTool, .getPrompt, .readResource].contains(MethodName(rawValue: request.method))
    }

    /// Whether it opens a session.
    var opensSession: Bool {
        guard case .single(.request(let request)) = message.input else { return false }
        return request.method == MethodName.initialize.rawValue && !fields.contains(MCPEndpoint.sessionField)
    }

    /// Whether anything in it wants an answer.
    var wantsAnswer: Bool {
        switch message.input {
        case .single(.request), .batch: true
        case .single: false
        }
    }

    var isBatch: Bool {
        if case .batch = message.input { true } else { false }
    }
}
