// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

extension MCPEndpoint {
    /// Answers a 2026-07-28 request.
    func answer(
        _ request: JSONRPCRequest,
        _ headers: MirroredHeaders,
        _ forms: AcceptedForms,
        _ exchange: Exchange,
        _ subject: Subject
    ) async {
        let admitted: AdmittedRequest
        do throws(JSONRPCError) {
            let ladder = ModernLadder(server: service.server)
            admitted = try ladder.admit(request, headers: headers) { service.tools.headerParameters(of: $0) }
        } catch {
            service.metrics.requestAnswered(over: .http, era: .modern, error: error.code)
            return exchange.reply(.error(error.modernHTTPStatus, error, id: request.id))
        }
        if case .discover = admitted.request {
            let outcome = RequestOutcome.result(.discovery)
            let message = outcome.message(id: admitted.id, revision: .v20260728, server: service.server)
            service.metrics.messageSent(message, over: .http, era: .modern)
            return exchange.reply(.answer(message, in: forms))
        }
        let answer = ModernExchange(
            service: service,
            admitted: admitted,
            caller: Caller(
                subject: subject,
                session: "connection-\(exchange.peer.connection)",
                request: admitted.id.text
            ),
            forms: forms,
            exchange: exchange,
            silence: silence,
            subscriptions: sessions.subscriptions,
            counters: sessions.storage.counters
        )
        await answer.run()
    }
}

extension HTTPReply {
    /// One message with status 200, in a form that the client takes.
    static func answer(_ message: JSONValue, in forms: AcceptedForms) -> HTTPReply {
        guard !forms.json else { return .json(200, message) }
        let event = ServerSentEvent.message(message).encoded()
        return HTTPReply(200, fields: MCPEndpoint.streamFields, type: "text/event-stream", body: event)
    }
}
