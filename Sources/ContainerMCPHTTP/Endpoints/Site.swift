// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// What stands at which path.
struct Site: Sendable {
    let door: Door
    let prefix: String
    let refusals: RefusalRecorder
    let health: HealthEndpoint
    let channel: ChannelEndpoint
    let mcp: MCPEndpoint
    let bodyLimit: Int

    /// Decides about a request by its head.
    func admit(_ head: RequestHead, from peer: Peer) -> Admission {
        let path = head.path.hasPrefix(prefix) ? String(head.path.dropFirst(prefix.count)) : nil
        let isHealth = path == "/health" && (head.method == "GET" || head.method == "HEAD")
        let fields = door.crossOriginFields(head)
        switch door.check(head, from: peer, isOpen: isHealth) {
        case .refused(let reply, let reason):
            if !reason.isEmpty { refusals.add(peer, reason) }
            return Admission(.answer(reply), fields: fields)
        case .passed(let subject):
            let decision =
                isHealth ? .answer(health.reply(showsDetails: subject != nil)) : decide(path, head, subject)
            return Admission(decision, fields: fields)
        }
    }

    private func decide(_ path: String?, _ head: RequestHead, _ subject: Subject?) -> Admission.Decision {
        guard let subject else { return .answer(.text(401, "a valid token is needed")) }
        switch (path, head.method) {
        case ("/sse", "GET"):
            guard AcceptedForms(head.fields).events else { return .answer(Self.notAcceptable) }
            return .work(bodyLimit: 0) { _, exchange in await channel.open(exchange, subject) }
        case ("/sse", _):
            return .answer(Self.notAllowed("GET"))
        case ("/messages", "POST"):
            if let fault = PostedMessage.typeFault(head.fields) { return .answer(fault) }
            guard let id = head.parameter("session_id") else {
                return .answer(.text(400, "the parameter session_id is missing"))
            }
            return .work(bodyLimit: bodyLimit) { body, exchange in
                await channel.post(body, id, exchange, subject)
            }
        case ("/messages", _):
            return .answer(Self.notAllowed("POST"))
        case ("/mcp", _):
            return mcp.decide(head, subject, bodyLimit: bodyLimit)
        case ("/health", _):
            return .answer(Self.notAllowed("GET, HEAD"))
        default:
            return .answer(.text(404, "there is nothing here"))
        }
    }

    static let notAcceptable = HTTPReply.text(406, "the answer would have a form that is not accepted")

    static func notAllowed(_ methods: String) -> HTTPReply {
        .text(405, "the method is not allowed here", fields: [("allow", methods)])
    }
}
