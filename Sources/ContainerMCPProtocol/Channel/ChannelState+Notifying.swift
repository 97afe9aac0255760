// SPDX-License-Identifier: Apache-2.0

extension ChannelState {
    /// Sends a notification about a request, or one that belongs to none.
    ///
    /// - Parameters:
    ///   - notification: The notification, in the shape of the revision in force.
    ///   - token: The request it is about, such as a `subscriptions/listen`; nil for the session as a whole.
    /// - Returns: What to do: nothing if the request is unknown or cancelled, or the session is not ready.
    public func notify(_ notification: JSONRPCNotification, about token: RequestToken?) -> [ChannelAction] {
        notify(notification.jsonValue, about: token)
    }

    /// Sends a notification that ``RequestNotifications`` made.
    ///
    /// - Parameters:
    ///   - message: The notification as a message.
    ///   - token: The request on whose way it is sent; nil for the session as a whole.
    /// - Returns: What to do: nothing if the request is unknown or cancelled, or the session is not ready.
    public func notify(_ message: JSONValue, about token: RequestToken?) -> [ChannelAction] {
        if let token {
            guard ledger.revision(of: token) != nil else { return [] }
        } else {
            guard session?.isReady == true else { return [] }
        }
        return [.send(message, about: token)]
    }

    /// Takes the progress of a request; dropped where the client did not ask for it or it does not grow.
    public mutating func progress(_ update: ProgressUpdate, about token: RequestToken) -> [ChannelAction] {
        ledger.progress(update, about: token).map { [.send($0, about: token)] } ?? []
    }

    /// Takes a log message; dropped where the client does not want its level.
    ///
    /// - Parameters:
    ///   - entry: The log message.
    ///   - token: The request it is about, nil for the session as a whole.
    ///   - relatedTask: The task it is about; told in 2025-11-25 only.
    /// - Returns: What to do.
    public func log(
        _ entry: LogEntry,
        about token: RequestToken? = nil,
        relatedTask: String? = nil
    ) -> [ChannelAction] {
        guard server.capabilities.hasLogging else { return [] }
        let level = session?.logLevel ?? .info
        if let token {
            return ledger.log(entry, about: token, sessionLevel: level, relatedTask: relatedTask)
                .map { [.send($0, about: token)] } ?? []
        }
        guard let session, entry.level >= level else { return [] }
        let task = session.revision.has(.coreTasks) ? relatedTask : nil
        return [.send(RequestNotifications.about(task, entry.notification).jsonValue, about: nil)]
    }

    /// Takes the news that the list of tools has changed; told to a session that is ready for it.
    public func toolListChanged() -> [ChannelAction] {
        listChanged(.tools)
    }

    /// Takes the news that a list has changed; told to a session that is ready for it.
    ///
    /// - Parameter list: The list.
    /// - Returns: What to do: nothing where the server does not announce such changes.
    public func listChanged(_ list: ListKind) -> [ChannelAction] {
        let offered =
            switch list {
            case .tools: server.capabilities.tools
            case .prompts: server.capabilities.prompts
            case .resources: server.capabilities.resources
            }
        guard offered?.announcesChanges == true else { return [] }
        return notify(list.changeNotification, about: nil)
    }

    /// Takes the news that a resource has changed to which the session has subscribed.
    ///
    /// - Parameter uri: The URI by which it subscribed.
    /// - Returns: What to do.
    public func resourceUpdated(uri: String) -> [ChannelAction] {
        guard server.capabilities.resources?.canSubscribe == true else { return [] }
        return notify(
            JSONRPCNotification(
                method: MethodName.resourceUpdatedNotification,
                params: ["uri": .string(uri)]
            ),
            about: nil
        )
    }

    /// Takes the news of a task that the session made; told in 2025-11-25 only.
    public func taskChanged(_ task: TaskSnapshot) -> [ChannelAction] {
        guard
            server.capabilities.tasks, let session, session.revision.has(.coreTasks),
            let notification = task.notification(for: session.revision)
        else { return [] }
        return notify(notification, about: nil)
    }

    /// The `subscriptions/listen` requests in flight, oldest first.
    public var listening: [RequestToken] { ledger.listening }

    /// Ends a stream of changes from our side, as the server stops; the client is told that it is over.
    ///
    /// Counts as the end of the request: ``finished(_:_:)`` need not be said, and changes nothing.
    ///
    /// - Parameter token: The `subscriptions/listen` request; any other one changes nothing.
    /// - Returns: What to do.
    public mutating func finishedListening(_ token: RequestToken) -> [ChannelAction] {
        guard ledger.isListening(token), let entry = ledger.finish(token) else { return [] }
        return endOfListening(token, entry)
    }

    func endOfListening(_ token: RequestToken, _ entry: RequestLedger.Entry) -> [ChannelAction] {
        let outcome = RequestOutcome.result(Subscription(id: entry.id).result)
        return [
            .send(outcome.message(id: entry.id, revision: .v20260728, server: server), about: token),
            .send(Self.cancellation(of: entry.id), about: token),
        ]
    }
}
