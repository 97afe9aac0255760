// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

extension MCPEndpoint {
    /// Answers a 2026-07-28 request: it is complete in itself, and ends with its connection.
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
            admitted = try ladder.admit(request, headers: headers) { headerParameters[$0] }
        } catch {
            return exchange.reply(.error(error.modernHTTPStatus, error, id: request.id))
        }
        if case .discover = admitted.request {
            return reply(.result(.discovery), to: admitted, forms, exchange)
        }
        exchange.endWithConnection()
        let caller = Caller(
            subject: subject,
            session: "connection-\(exchange.peer.connection)",
            request: "\(admitted.id)"
        )
        await withTaskGroup(of: RequestOutcome?.self) { group in
            group.addTask { await service.handle(admitted, from: caller) }
            if forms.events {
                group.addTask {
                    // A cancelled sleep means that the call has ended.
                    try? await Task.sleep(for: forms.json ? silence : .zero)
                    return nil
                }
            }
            let first = await group.next() ?? nil
            if let first {
                group.cancelAll()
                return reply(first, to: admitted, forms, exchange)
            }
            let stream = exchange.openStream(fields: Self.streamFields)
            if let outcome = await group.next() ?? nil {
                await stream.send(message: message(outcome, admitted).encoded())
            }
            stream.end()
        }
    }

    private func reply(
        _ outcome: RequestOutcome,
        to admitted: AdmittedRequest,
        _ forms: AcceptedForms,
        _ exchange: Exchange
    ) {
        let message = message(outcome, admitted)
        guard forms.json else {
            let event = ServerSentEvent.message(message).encoded()
            exchange.reply(HTTPReply(200, fields: Self.streamFields, type: "text/event-stream", body: event))
            return
        }
        // What a handler throws rides in a 200; only what the client lacks is told by the status too.
        var status = 200
        if case .failure(let error) = outcome, error.code == .missingClientCapability { status = 400 }
        exchange.reply(.json(status, message))
    }

    private func message(_ outcome: RequestOutcome, _ admitted: AdmittedRequest) -> JSONValue {
        outcome.message(id: admitted.id, revision: admitted.context.revision, server: service.server)
    }
}
