// SPDX-License-Identifier: Apache-2.0

extension ChannelState {
    /// Asks the client something in its legacy session.
    ///
    /// The answer comes as ``ChannelAction/answered(_:_:)``, once, unless the question is withdrawn: by
    /// ``withdraw(_:)``, by the end of the request it is about, or by its cancellation. Until the client has
    /// said that it is ready, the question waits.
    ///
    /// - Parameters:
    ///   - request: The question, in the newest shape. One by an address that has no identifier is given one.
    ///   - token: The request on whose way it is sent, nil if it belongs to none.
    ///   - relatedTask: The task that asks; told in 2025-11-25 only.
    /// - Returns: What stands for the question and what to do; nil if it can't be asked: there is no session,
    ///   the client or the revision can't deal with it, the request is unknown, cancelled or a modern one,
    ///   nothing more is read, or too many questions are open.
    public mutating func ask(
        _ request: InputRequest,
        about token: RequestToken?,
        relatedTask: String? = nil
    ) -> (ask: AskToken, actions: [ChannelAction])? {
        guard
            isInputOpen, !asks.isFull, let session,
            request.isSupported(by: session.clientCapabilities, in: session.revision)
        else { return nil }
        if let token, ledger.revision(of: token)?.era != .legacy { return nil }
        let (ask, id) = asks.nextToken()
        var params = Self.identified(request, by: id).params(for: session.revision)
        if let relatedTask, session.revision.has(.coreTasks) {
            params["_meta"] = .object(TaskSnapshot.relatedMeta(relatedTask))
        }
        let message = JSONRPCRequest(id: .string(id), method: request.method, params: params).jsonValue
        asks.open(ask, about: token, waiting: session.isReady ? nil : message)
        return (ask, session.isReady ? [.send(message, about: token)] : [])
    }

    /// Takes back a question; an answer that still comes is dropped.
    ///
    /// - Parameter ask: The question; one that is not open changes nothing.
    /// - Returns: What to do: the client is told, if it was asked.
    public mutating func withdraw(_ ask: AskToken) -> [ChannelAction] {
        guard let entry = asks.remove(ask), entry.waiting == nil else { return [] }
        let notification = Self.cancellation(of: .string(AskLedger.text(ask)))
        return [.send(notification, about: entry.about)]
    }

    /// Takes back all questions about a request.
    mutating func withdrawAll(about token: RequestToken, _ actions: inout [ChannelAction]) {
        for ask in asks.tokens(about: token) {
            actions += withdraw(ask)
        }
    }

    /// Takes an answer; one that no question waits for is dropped.
    mutating func handle(_ response: JSONRPCResponse, _ actions: inout [ChannelAction]) {
        guard let ask = asks.answered(response.id) else { return }
        switch response.outcome {
        case .result(let value): actions.append(.answered(ask, .success(value)))
        case .error(let value): actions.append(.answered(ask, .failure(JSONRPCError(answer: value))))
        }
    }

    /// Sends the questions that waited for the client to be ready.
    mutating func releaseAsks(_ actions: inout [ChannelAction]) {
        for (message, about) in asks.release() {
            actions.append(.send(message, about: about))
        }
    }

    static func cancellation(of id: RequestID) -> JSONValue {
        JSONRPCNotification(
            method: MethodName.cancelledNotification,
            params: ["requestId": id.jsonValue]
        ).jsonValue
    }

    private static func identified(_ request: InputRequest, by id: String) -> InputRequest {
        guard case .elicitation(let elicitation) = request else { return request }
        return .elicitation(elicitation.identified(by: id))
    }
}

extension JSONRPCError {
    /// Reads the error that a client answered with; what is missing or of the wrong type is made up for.
    init(answer: JSONValue) {
        self.init(
            Code(rawValue: answer["code"]?.intValue ?? Code.internalError.rawValue),
            Quoted.clipped(answer["message"]?.stringValue ?? "the client failed without a reason", to: 1_024),
            data: answer["data"]
        )
    }
}
