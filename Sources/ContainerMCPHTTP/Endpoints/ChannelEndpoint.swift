// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// `/sse` and `/messages`: a stream of events one way, POSTs the other, together a byte channel like stdio
/// (MCP 2024-11-05, HTTP with SSE).
struct ChannelEndpoint: Sendable {
    let service: MCPService
    let sessions: SessionStore
    let prefix: String
    let limits: ChannelLimits
    /// Refuses a request whose token does not go so far.
    let scopes: ScopeCheck

    private static let streamFields = [("cache-control", "no-store"), ("x-accel-buffering", "no")]

    /// Opens a session that lives as long as its stream.
    func open(_ exchange: Exchange, _ subject: Subject) async {
        let relay = SessionRelay()
        let session = await sessions.open(.channel, for: subject) { id in
            ChannelServer(
                service: service,
                subject: subject,
                session: id.short,
                limits: limits,
                transport: .sse
            ) { message in
                await relay.send(message)
            }
        }
        guard let session else {
            return exchange.reply(.text(503, "there are too many sessions", fields: [("retry-after", "30")]))
        }
        relay.bind(session)
        exchange.endWithConnection()
        if let stream = session.attach({ exchange.openStream(fields: Self.streamFields) }) {
            let place = "\(prefix)/messages?session_id=\(session.id.text)"
            await stream.send(ServerSentEvent(event: "endpoint", data: place))
            await stream.waitForEnd()
        } else {
            exchange.reply(.text(503, "the server stops"))
        }
        await sessions.remove(session)
    }

    /// Takes a message of a session; the answer travels on its stream.
    func post(_ body: [UInt8], _ id: String, _ exchange: Exchange, _ subject: Subject) async {
        guard let session = sessions.use(id, .channel, by: subject) else {
            return exchange.reply(.text(404, "there is no such session"))
        }
        defer { sessions.endUse(session) }
        if let fault = await scopes.fault(in: session, for: subject, id: nil) {
            return exchange.reply(fault)
        }
        let revision = await session.server.revision
        let missingID = JSONRPCResponse.MissingID(for: revision)
        do throws(JSONRPCError) {
            let message = try PostedMessage(body)
            if let fault = scopes.fault(in: message.input, for: subject) { return exchange.reply(fault) }
            switch message.input {
            case .single(.invalid(let id, let error)):
                exchange.reply(.error(400, error, id: id, missingID: missingID))
            case .batch where revision?.has(.batches) != true:
                throw JSONRPCError(
                    .invalidRequest,
                    "an array of messages is allowed in protocol version 2025-03-26 only"
                )
            case .single, .batch:
                await session.server.received(message.value)
                exchange.reply(.text(202, "Accepted"))
            }
        } catch {
            exchange.reply(.error(400, error, missingID: missingID))
        }
    }
}
