// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

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
        if let fault = await scopes.fault(in: session, for: post.subject, id: id) {
            return exchange.reply(fault)
        }
        guard post.wantsAnswer else {
            await session.server.received(post.message.value)
            return exchange.reply(HTTPReply(202))
        }
        if post.wantsStream(in: await session.server.revision, limits: limits) {
            await stream(post, session, exchange)
        } else {
            exchange.reply(await reply(to: post, session))
        }
    }

    private func open(_ post: LegacyPost, _ exchange: Exchange) async {
        let relay = SessionRelay()
        let session = await sessions.open(.streamable, for: post.subject) { id in
            ChannelServer(
                service: service,
                subject: post.subject,
                session: id.short,
                limits: limits,
                isByteChannel: false,
                transport: .http
            ) {
                await relay.send($0)
            }
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
        relay.bind(session)
        defer { sessions.endUse(session) }
        var reply = await reply(to: post, session)
        if await session.server.revision == nil {
            await sessions.remove(session)
        } else {
            reply.fields.append(HeaderFields.Field(name: Self.sessionField, value: session.id.text))
        }
        exchange.reply(reply)
    }

    /// Answers with a stream, which a client that loses its connection can go on reading.
    private func stream(_ post: LegacyPost, _ session: HTTPSession, _ exchange: Exchange) async {
        let id = post.message.requestID
        guard let stream = session.streams.open() else {
            guard !session.isOver else { return exchange.reply(Self.noSession(id)) }
            let error = JSONRPCError.busy(running: sessions.storage.limits.streams)
            return exchange.reply(.error(429, error, id: id, fields: [("retry-after", "1")]))
        }
        let canPoll = await session.canPoll
        let events = exchange.openStream(fields: Self.streamFields)
        exchange.endWithConnection(isOutlivingInput: true)
        // Before the work begins, so that what it says first finds its reader.
        let reader = try? stream.attach(after: 0, takesOver: false) { events.drop() }
        let route = MessageRoute(
            breakConnection: canPoll ? { @Sendable in stream.breakConnection() } : nil,
            send: { await stream.append($0) }
        )
        sessions.useAgain(session)
        let work = session.perform {
            await session.server.exchange(post.message.value, over: route)
            stream.finish()
            sessions.endUse(session)
        }
        if work == nil { sessions.endUse(session) }
        if canPoll { await events.send(bytes: stream.priming) }
        // Without a reader the session is over.
        guard let reader else { return events.end() }
        await stream.carry(reader, on: events)
    }

    /// Waits for the one message that answers a POST.
    private func reply(to post: LegacyPost, _ session: HTTPSession) async -> HTTPReply {
        let box = AnswerBox()
        sessions.useAgain(session)
        let work = session.perform {
            let route = MessageRoute(isAnswerOnly: true) { box.put($0) }
            await session.server.exchange(post.message.value, over: route)
            sessions.endUse(session)
        }
        guard let work else {
            sessions.endUse(session)
            return Self.noSession(post.message.requestID)
        }
        await work.value
        guard let answer = box.answer else {
            return session.isOver ? Self.noSession(post.message.requestID) : HTTPReply(202)
        }
        // A batch that is refused as a whole never was a call: its answer is one error, not an array.
        let isRefusedBatch = post.isBatch && answer.first != UInt8(ascii: "[")
        guard post.forms.json || isRefusedBatch else {
            let event = Array("event: message\ndata: ".utf8) + answer + Array("\n\n".utf8)
            return HTTPReply(200, fields: Self.streamFields, type: "text/event-stream", body: event)
        }
        return HTTPReply(isRefusedBatch ? 400 : 200, type: "application/json", body: answer)
    }

    /// Opens the stream for what belongs to no request, or goes on with a stream that broke.
    func listen(_ head: RequestHead, _ exchange: Exchange, _ subject: Subject) async {
        guard let id = head.fields.only(Self.sessionField),
            let session = sessions.use(id, .streamable, by: subject)
        else { return exchange.reply(Self.noSession(nil)) }
        defer { sessions.endUse(session) }
        if let fault = await scopes.fault(in: session, for: subject, id: nil) {
            return exchange.reply(fault)
        }
        let events = EventStream(exchange: exchange)
        do throws(SessionStream.AttachFailure) {
            let (stream, reader) = try attach(session, head.fields.values(Self.lastEventField), events)
            events.open(fields: Self.streamFields)
            exchange.endWithConnection(isOutlivingInput: stream.kind == .post)
            await stream.carry(reader, on: events)
        } catch {
            exchange.reply(Self.refusal(error))
        }
    }

    private func attach(_ session: HTTPSession, _ lastEvents: [String], _ events: EventStream)
        throws(SessionStream.AttachFailure) -> (SessionStream, UInt64)
    {
        guard let lastEvent = lastEvents.first else {
            let stream = session.streams.general
            return (stream, try stream.attach(after: nil, takesOver: false) { events.drop() })
        }
        guard lastEvents.count == 1, let event = EventID(lastEvent), let stream = session.streams[event]
        else {
            throw .unknownEvent
        }
        return (stream, try stream.attach(after: event.number, takesOver: true) { events.drop() })
    }

    private static func refusal(_ failure: SessionStream.AttachFailure) -> HTTPReply {
        switch failure {
        case .taken:
            .error(409, JSONRPCError(.invalidRequest, "the session has such a stream already"))
        case .unknownEvent:
            .error(
                400,
                JSONRPCError(
                    .invalidRequest,
                    "the header Last-Event-ID names no event of this session that could still be gone on from"
                )
            )
        case .over:
            noSession(nil)
        }
    }

    /// Ends a session.
    func end(_ head: RequestHead, _ exchange: Exchange, _ subject: Subject) async {
        guard let id = head.fields.only(Self.sessionField),
            let session = sessions.use(id, .streamable, by: subject)
        else { return exchange.reply(Self.noSession(nil)) }
        if let fault = await scopes.fault(in: session, for: subject, id: nil) {
            sessions.endUse(session)
            return exchange.reply(fault)
        }
        await sessions.remove(session)
        exchange.reply(HTTPReply(204))
    }
}
