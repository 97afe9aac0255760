// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import Synchronization

extension MCPEndpoint {
    static let streamFields = [("cache-control", "no-cache, no-transform"), ("x-accel-buffering", "no")]

    /// Answers a POST by the rules of sessions.
    func answer(_ post: LegacyPost, _ exchange: Exchange) async {
        let id = post.message.requestID
        guard !post.opensSession else { return await open(post, exchange) }
        let sent = post.fields.values(Self.sessionField)
        guard let first = sent.first else { return exchange.reply(Self.sessionNeeded(id)) }
        guard sent.count == 1 else {
            return exchange.reply(
                .error(400, JSONRPCError(.invalidRequest, "the header Mcp-Session-Id is repeated"), id: id)
            )
        }
        guard let session = sessions.use(first, .streamable, by: post.subject) else {
            return exchange.reply(Self.noSession(id))
        }
        defer { sessions.endUse(session) }
        guard post.wantsAnswer else {
            await session.server.received(post.message.value)
            return exchange.reply(HTTPReply(202))
        }
        if post.wantsStream {
            let stream = exchange.openStream(fields: Self.streamFields)
            await session.server.exchange(post.message.value) { await stream.send(message: $0) }
            stream.end()
        } else {
            let reply = await singleReply(post, session.server)
            exchange.reply(reply ?? HTTPReply(202))
        }
    }

    private func open(_ post: LegacyPost, _ exchange: Exchange) async {
        let session = sessions.open(.streamable, for: post.subject) { id in
            // Nothing is said yet that belongs to no request.
            ChannelServer(service: service, subject: post.subject, session: id.short, limits: limits) { _ in }
        }
        guard let session else {
            let error = JSONRPCError(.internalError, "busy: there are too many sessions; try again later")
            let reply = HTTPReply.error(
                503,
                error,
                id: post.message.requestID,
                fields: [("retry-after", "30")]
            )
            return exchange.reply(reply)
        }
        defer { sessions.endUse(session) }
        var reply = await singleReply(post, session.server) ?? HTTPReply(202)
        if await session.server.revision == nil {
            await sessions.remove(session)
        } else {
            reply.fields.append(HeaderFields.Field(name: Self.sessionField, value: session.id.text))
        }
        exchange.reply(reply)
    }

    /// Waits for the one message that answers a POST.
    private func singleReply(_ post: LegacyPost, _ server: ChannelServer) async -> HTTPReply? {
        let answers = AnswerBox()
        await server.exchange(post.message.value) { answers.put($0) }
        guard let answer = answers.first else { return nil }
        guard post.forms.json else {
            let event = Array("event: message\ndata: ".utf8) + answer + Array("\n\n".utf8)
            return HTTPReply(200, fields: Self.streamFields, type: "text/event-stream", body: event)
        }
        // A batch that is refused as a whole never was a call: its answer is one error, not an array.
        let isRefusedBatch = post.isBatch && answer.first != UInt8(ascii: "[")
        return HTTPReply(isRefusedBatch ? 400 : 200, type: "application/json", body: answer)
    }

    /// Opens the stream for what belongs to no request.
    func listen(_ head: RequestHead, _ exchange: Exchange, _ subject: Subject) async {
        guard let id = head.fields.only(Self.sessionField),
            let session = sessions.use(id, .streamable, by: subject)
        else { return exchange.reply(Self.noSession(nil)) }
        defer { sessions.endUse(session) }
        guard let stream = session.attach({ exchange.openStream(fields: Self.streamFields) }) else {
            return exchange.reply(
                .error(409, JSONRPCError(.invalidRequest, "the session has such a stream already"))
            )
        }
        exchange.endWithConnection()
        await stream.waitForEnd()
        session.detach()
    }

    /// Ends a session.
    func end(_ head: RequestHead, _ exchange: Exchange, _ subject: Subject) async {
        guard let id = head.fields.only(Self.sessionField),
            let session = sessions.use(id, .streamable, by: subject)
        else { return exchange.reply(Self.noSession(nil)) }
        await sessions.remove(session)
        exchange.reply(HTTPReply(204))
    }
}

/// Keeps what answers a POST until it is complete.
private final class AnswerBox: Sendable {
    private let answers = Mutex<[[UInt8]]>([])

    var first: [UInt8]? { answers.withLock(\.first) }

    func put(_ answer: [UInt8]) {
        answers.withLock { $0.append(answer) }
    }
}
