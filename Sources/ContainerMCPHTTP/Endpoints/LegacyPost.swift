// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// A POST by the rules of sessions.
struct LegacyPost: Sendable {
    let fields: HeaderFields
    let message: PostedMessage
    let forms: AcceptedForms
    let subject: Subject

    /// What takes long: it is answered by a stream, so that what is said meanwhile can travel, and so that
    /// the answer can be fetched after a break.
    private static let streamedMethods: Set<String> = [
        "tools/call", "prompts/get", "resources/read", "tasks/result",
    ]

    /// Whether a stream answers it.
    ///
    /// A client that takes nothing else gets one for everything. A batch that will be refused gets none: its
    /// refusal has a status.
    ///
    /// - Parameters:
    ///   - revision: What the session speaks.
    ///   - limits: How much a batch may hold.
    /// - Returns: Whether it does.
    func wantsStream(in revision: ProtocolRevision?, limits: ChannelLimits) -> Bool {
        guard forms.events else { return false }
        switch message.input {
        case .single(.request(let request)):
            return !forms.json || Self.streamedMethods.contains(request.method)
        case .single:
            return !forms.json
        case .batch(let elements):
            guard revision?.has(.batches) == true, (1...limits.batchMessages).contains(elements.count) else {
                return false
            }
            return elements.contains { element in
                guard case .request(let request) = JSONRPCMessage(element) else { return false }
                return !forms.json || Self.streamedMethods.contains(request.method)
            }
        }
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
