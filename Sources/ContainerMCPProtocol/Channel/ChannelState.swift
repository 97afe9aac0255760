// SPDX-License-Identifier: Apache-2.0

/// The state of one conversation with a client: what came in decides what goes out.
///
/// Serves stdio and `/sse` directly, where requests of both eras may be mixed, and the sessions of `/mcp`,
/// whose modern requests never get here. It does no I/O and knows no time: the transport feeds it what it
/// read and does what it answers, in order. For every ``ChannelAction/start(_:_:)`` the transport says
/// ``finished(_:_:)`` once, also after a cancellation.
public struct ChannelState: Sendable {
    /// What the server says about itself; may change while the channel is open.
    public var server: ServerDescription
    /// What `initialize` agreed on, nil before it.
    public internal(set) var session: LegacySession?

    let limits: ChannelLimits
    var ledger: RequestLedger
    var batches = BatchCollector()
    var asks: AskLedger
    var isInputOpen = true

    /// Opens a conversation.
    public init(server: ServerDescription, limits: ChannelLimits = ChannelLimits()) {
        self.server = server
        self.limits = limits
        self.ledger = RequestLedger(limit: limits.requestsInFlight)
        self.asks = AskLedger(limit: limits.openAsks)
    }

    /// Whether no request is in flight, and none is still ending after its cancellation.
    public var isIdle: Bool { ledger.isEmpty }

    /// Takes one line or body.
    ///
    /// - Parameter text: The text in UTF-8, without its newline.
    /// - Returns: What to do.
    public mutating func received(text: [UInt8]) -> [ChannelAction] {
        do {
            return received(try JSONValue(parsing: text))
        } catch {
            return received(error)
        }
    }

    /// Takes a message or a batch.
    public mutating func received(_ value: JSONValue) -> [ChannelAction] {
        guard isInputOpen else { return [] }
        var actions: [ChannelAction] = []
        switch JSONRPCInput(value) {
        case .single(let message): handle(message, batch: nil, &actions)
        case .batch(let elements): handle(batch: elements, &actions)
        }
        return actions
    }

    /// Takes the news that a text could not be read.
    public func received(_ failure: JSONParsingError) -> [ChannelAction] {
        refuse(.unreadable(failure))
    }

    /// Takes the news that a message was too long and has been dropped.
    public func receivedOverlongMessage() -> [ChannelAction] {
        refuse(.messageTooLong(limit: limits.messageBytes))
    }

    /// Takes the news that nothing more will come; what is in flight may still end by itself.
    ///
    /// - Returns: What to do: questions that are open will never be answered, which is said for each.
    @discardableResult
    public mutating func inputEnded() -> [ChannelAction] {
        isInputOpen = false
        let error = JSONRPCError(.internalError, "the client can't answer any more: its input has ended")
        return asks.removeAll().map { .answered($0, .failure(error)) }
    }

    /// Gives up everything in flight, open questions included; nothing more is written about it.
    public mutating func cancelAll() -> [ChannelAction] {
        isInputOpen = false
        _ = asks.removeAll()
        batches.removeAll()
        return ledger.cancelAll().map { .cancel($0) }
    }

    /// Takes the outcome of a request; late ones and those of cancelled requests are dropped.
    ///
    /// Questions about it that are still open are withdrawn. A `subscriptions/listen` that ends with a result
    /// ends as in ``finishedListening(_:)``.
    public mutating func finished(_ token: RequestToken, _ outcome: RequestOutcome) -> [ChannelAction] {
        guard let entry = ledger.finish(token) else { return [] }
        if entry.isListening, case .result = outcome { return endOfListening(token, entry) }
        let revision = entry.notifications.context.revision
        var actions: [ChannelAction] = []
        withdrawAll(about: token, &actions)
        reply(outcome.message(id: entry.id, revision: revision, server: server), entry.batch, token, &actions)
        if let batch = entry.batch { settle(batch, token, &actions) }
        return actions
    }

    /// How an error response shows that no id could be read.
    var missingID: JSONRPCResponse.MissingID { .init(for: session?.revision) }

    private func refuse(_ error: JSONRPCError) -> [ChannelAction] {
        guard isInputOpen else { return [] }
        return [.send(JSONRPCResponse.message(id: nil, error: error, missingID: missingID), about: nil)]
    }

    mutating func reply(
        _ message: JSONValue,
        _ batch: BatchNumber?,
        _ token: RequestToken?,
        _ actions: inout [ChannelAction]
    ) {
        if let batch {
            batches.add(message, to: batch)
        } else {
            actions.append(.send(message, about: token))
        }
    }

    mutating func settle(_ batch: BatchNumber, _ token: RequestToken?, _ actions: inout [ChannelAction]) {
        if let responses = batches.settle(batch) {
            actions.append(.send(responses, about: token))
        }
    }
}
