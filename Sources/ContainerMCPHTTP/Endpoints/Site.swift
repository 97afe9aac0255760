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
    /// Pages that are read with GET, by their path after the prefix; they need a token where the server does.
    var pages: [String: Page] = [:]
    /// Pages that are read with GET and without a token, by their whole path.
    var openPages: [String: Page] = [:]

    /// Makes the answer of a page.
    typealias Page = @Sendable (RequestHead) -> HTTPReply

    /// Decides about a request by its head.
    func admit(_ head: RequestHead, from peer: Peer) -> Admission {
        let peer = door.client(of: head, over: peer)
        let path = head.path.hasPrefix(prefix) ? String(head.path.dropFirst(prefix.count)) : nil
        let isReading = head.method == "GET" || head.method == "HEAD"
        let isHealth = path == "/health" && isReading
        let openPage = openPages[head.path]
        let fields = door.crossOriginFields(head)
        let serve: @Sendable (Subject?) -> Admission.Decision = { subject in
            if isHealth { return .answer(health.reply(showsDetails: subject != nil)) }
            guard let openPage else { return decide(path, head, subject) }
            return .answer(isReading ? openPage(head) : Self.notAllowed("GET, HEAD"))
        }
        switch door.check(head, from: peer, isOpen: isHealth || openPage != nil) {
        case .refused(let reply, let reason):
            if !reason.isEmpty { refusals.add(peer, reason) }
            return Admission(.answer(reply), fields: fields)
        case .passed(let subject):
            return Admission(serve(subject), fields: fields)
        case .later(let verdict):
            let work: Admission.Work = { body, exchange in
                switch await verdict() {
                case .refused(let reply, let reason):
                    refusals.add(peer, reason)
                    exchange.reply(reply)
                case .passed(let subject):
                    switch serve(subject) {
                    case .answer(let reply): exchange.reply(reply)
                    case .work(_, let endsWithConnection, let work):
                        if endsWithConnection { exchange.endWithConnection() }
                        await work(body, exchange)
                    }
                case .later:
                    exchange.reply(Door.unavailable)
                }
            }
            if case .length(let length) = head.framing, length > Door.waitingBodyLimit {
                return Admission(.answer(Door.unavailable), fields: fields)
            }
            return Admission(.work(bodyLimit: min(bodyLimit, Door.waitingBodyLimit), work), fields: fields)
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
        case (let path?, let method) where pages[path] != nil:
            guard method == "GET" || method == "HEAD", let page = pages[path] else {
                return .answer(Self.notAllowed("GET, HEAD"))
            }
            return .answer(page(head))
        default:
            return .answer(.text(404, "there is nothing here"))
        }
    }

    static let notAcceptable = HTTPReply.text(406, "the answer would have a form that is not accepted")

    static func notAllowed(_ methods: String) -> HTTPReply {
        .text(405, "the method is not allowed here", fields: [("allow", methods)])
    }
}
