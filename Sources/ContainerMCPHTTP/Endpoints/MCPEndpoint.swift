// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// `/mcp`: Streamable HTTP, with sessions before 2026-07-28 and without from then on.
struct MCPEndpoint: Sendable {
    let service: MCPService
    let sessions: SessionStore
    let limits: ChannelLimits
    /// Refuses a request whose token does not go so far.
    let scopes: ScopeCheck
    /// After how long a silent call is answered by a stream, which comments can keep open.
    let silence: SilenceWatch

    static let sessionField = "mcp-session-id"
    static let lastEventField = "last-event-id"

    /// Decides about a request by its head.
    func decide(_ head: RequestHead, _ subject: Subject, bodyLimit: Int) -> Admission.Decision {
        let forms = AcceptedForms(head.fields)
        switch head.method {
        case "POST":
            if let fault = PostedMessage.typeFault(head.fields) { return .answer(fault) }
            guard forms.json || forms.events else { return .answer(Site.notAcceptable) }
            // A 2026-07-28 request ends with its connection.
            let headers = MirroredHeaders(head.fields)
            return .work(bodyLimit: bodyLimit, endsWithConnection: headers.namesModernVersion) {
                body,
                exchange in
                await post(head.fields, headers, body, forms, exchange, subject)
            }
        case "GET":
            if let fault = sessionFault(head.fields) { return .answer(fault) }
            guard forms.events else { return .answer(Site.notAcceptable) }
            return .work(bodyLimit: 0) { _, exchange in await listen(head, exchange, subject) }
        case "DELETE":
            if let fault = sessionFault(head.fields) { return .answer(fault) }
            return .work(bodyLimit: 0) { _, exchange in await end(head, exchange, subject) }
        default:
            return .answer(Site.notAllowed("GET, POST, DELETE"))
        }
    }

    /// What is wrong with the headers of a GET or DELETE, which only sessions know.
    private func sessionFault(_ fields: HeaderFields) -> HTTPReply? {
        let headers = MirroredHeaders(fields)
        let ids = fields.values(Self.sessionField)
        if ids.isEmpty, headers.namesModernVersion { return Site.notAllowed("POST") }
        guard headers.versions.count <= 1, ids.count <= 1 else {
            return .error(400, JSONRPCError(.invalidRequest, "a header is repeated"))
        }
        guard !headers.namesModernVersion else {
            return .error(400, JSONRPCError(.invalidRequest, "this protocol version has no sessions"))
        }
        return ids.isEmpty ? Self.sessionNeeded(nil) : nil
    }

    static func sessionNeeded(_ id: RequestID?) -> HTTPReply {
        .error(
            400,
            JSONRPCError(.invalidRequest, "the header Mcp-Session-Id is needed; send 'initialize' first"),
            id: id
        )
    }

    static func noSession(_ id: RequestID?) -> HTTPReply {
        .error(
            404,
            JSONRPCError(.invalidRequest, "there is no such session; send 'initialize' again"),
            id: id
        )
    }

    private func post(
        _ fields: HeaderFields,
        _ headers: MirroredHeaders,
        _ body: [UInt8],
        _ forms: AcceptedForms,
        _ exchange: Exchange,
        _ subject: Subject
    ) async {
        let message: PostedMessage
        do throws(JSONRPCError) {
            message = try PostedMessage(body)
        } catch {
            return exchange.reply(.error(400, error))
        }
        if let fault = scopes.fault(in: message.input, for: subject) { return exchange.reply(fault) }
        let post = LegacyPost(fields: fields, message: message, forms: forms, subject: subject)
        switch message.input {
        case .batch:
            guard !headers.namesModernVersion else {
                return exchange.reply(
                    .error(400, JSONRPCError(.invalidRequest, "this protocol version has no batches"))
                )
            }
            await answer(post, exchange)
        case .single(let single):
            switch HTTPClassification(single, headers: headers) {
            case .legacy:
                await answer(post, exchange)
            case .modern:
                guard case .request(let request) = single else { return exchange.reply(HTTPReply(202)) }
                await answer(request, headers, forms, exchange, subject)
            case .rejected(let status, let error):
                let id: RequestID? = if case .invalid(let id, _) = single { id } else { message.requestID }
                exchange.reply(.error(status, error, id: id))
            }
        }
    }
}

extension MirroredHeaders {
    /// Takes the headers that mirror a body out of those of a request.
    init(_ fields: HeaderFields) {
        let prefix = "mcp-param-"
        var parameters: [String: [String]] = [:]
        for field in fields.all where field.name.hasPrefix(prefix) {
            parameters[String(field.name.dropFirst(prefix.count)), default: []].append(field.value)
        }
        self.init(
            versions: fields.values("mcp-protocol-version"),
            methods: fields.values("mcp-method"),
            names: fields.values("mcp-name"),
            parameters: parameters
        )
    }
}
