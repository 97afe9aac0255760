// SPDX-License-Identifier: Apache-2.0

extension ChannelState {
    mutating func handle(_ message: JSONRPCMessage, batch: BatchNumber?, _ actions: inout [ChannelAction]) {
        switch message {
        case .request(let request):
            handle(request, batch: batch, &actions)
        case .notification(let notification):
            handle(notification, &actions)
        case .response(let response):
            handle(response, &actions)
        case .invalid(let id, let error):
            fail(id, error, batch, &actions)
        }
    }

    mutating func handle(batch elements: [JSONValue], _ actions: inout [ChannelAction]) {
        func refuse(_ reason: String) {
            let error = JSONRPCError(.invalidRequest, reason)
            actions.append(
                .send(JSONRPCResponse.message(id: nil, error: error, missingID: missingID), about: nil)
            )
        }
        guard let session, session.revision.has(.batches) else {
            return refuse("an array of messages is allowed in protocol version 2025-03-26 only")
        }
        guard !elements.isEmpty else { return refuse("the batch is empty") }
        guard elements.count <= limits.batchMessages else {
            return refuse("the batch holds more than \(limits.batchMessages) messages")
        }
        let batch = batches.open()
        for element in elements {
            handle(JSONRPCMessage(element), batch: batch, &actions)
        }
        settle(batch, nil, &actions)
    }

    private mutating func handle(
        _ request: JSONRPCRequest,
        batch: BatchNumber?,
        _ actions: inout [ChannelAction]
    ) {
        do throws(JSONRPCError) {
            guard !ledger.isInFlight(request.id) else {
                throw JSONRPCError(.invalidRequest, "a request with this id is in flight already")
            }
            switch VersionClaim(request.params).eraOnChannel {
            case .modern: try handleModern(request, batch: batch, &actions)
            case .legacy: try handleLegacy(request, batch: batch, &actions)
            }
        } catch {
            fail(request.id, error, batch, &actions)
        }
    }

    private mutating func handleModern(
        _ request: JSONRPCRequest,
        batch: BatchNumber?,
        _ actions: inout [ChannelAction]
    ) throws(JSONRPCError) {
        guard batch == nil else {
            throw JSONRPCError(.invalidRequest, "protocol version 2026-07-28 has no batches")
        }
        let admitted = try ModernLadder(server: server).admit(request)
        if case .discover = admitted.request {
            let outcome = RequestOutcome.result(.discovery)
            actions.append(
                .send(outcome.message(id: request.id, revision: .v20260728, server: server), about: nil)
            )
        } else {
            try start(admitted, batch: nil, &actions)
        }
    }

    private mutating func handleLegacy(
        _ request: JSONRPCRequest,
        batch: BatchNumber?,
        _ actions: inout [ChannelAction]
    ) throws(JSONRPCError) {
        guard var session else {
            reply(try resultWithoutSession(request), id: request.id, batch, &actions)
            return
        }
        let admitted = try session.admit(request, server: server)
        switch admitted.request {
        case .ping:
            reply([:], id: request.id, batch, &actions)
        case .setLogLevel(let level):
            session.setLogLevel(level)
            self.session = session
            reply([:], id: request.id, batch, &actions)
        default:
            try start(admitted, batch: batch, &actions)
        }
    }

    private mutating func resultWithoutSession(_ request: JSONRPCRequest) throws(JSONRPCError) -> JSONObject {
        switch MethodName(rawValue: request.method) {
        case .ping:
            return [:]
        case .initialize:
            let session = LegacySession(try InitializeRequest(request.params))
            self.session = session
            return MCPResult.initialization(revision: session.revision, server: server)
        default:
            throw .invalidParams(
                "send 'initialize' first, or add params._meta with '\(MetaKey.protocolVersion)' and"
                    + " '\(MetaKey.clientCapabilities)' for protocol version 2026-07-28"
            )
        }
    }

    private mutating func start(
        _ admitted: AdmittedRequest,
        batch: BatchNumber?,
        _ actions: inout [ChannelAction]
    ) throws(JSONRPCError) {
        let token = try ledger.reserve(admitted, batch: batch)
        if let batch { batches.expectOneMore(batch) }
        actions.append(.start(token, admitted))
    }

    /// Notifications are never answered; unknown, late and malformed ones are dropped.
    private mutating func handle(_ notification: JSONRPCNotification, _ actions: inout [ChannelAction]) {
        switch notification.method {
        case MethodName.initializedNotification:
            session?.becomeReady()
            releaseAsks(&actions)
        case MethodName.cancelledNotification:
            guard
                let id = RequestID(notification.params?["requestId"]),
                let (token, entry) = ledger.cancel(id)
            else { return }
            withdrawAll(about: token, &actions)
            actions.append(.cancel(token))
            if let batch = entry.batch { settle(batch, nil, &actions) }
        default:
            break
        }
    }

    private mutating func reply(
        _ result: JSONObject,
        id: RequestID,
        _ batch: BatchNumber?,
        _ actions: inout [ChannelAction]
    ) {
        reply(JSONRPCResponse.message(id: id, result: result), batch, nil, &actions)
    }

    private mutating func fail(
        _ id: RequestID?,
        _ error: JSONRPCError,
        _ batch: BatchNumber?,
        _ actions: inout [ChannelAction]
    ) {
        reply(JSONRPCResponse.message(id: id, error: error, missingID: missingID), batch, nil, &actions)
    }
}
