// SPDX-License-Identifier: Apache-2.0

/// The requests in flight on one channel or in one session.
///
/// An id is reserved before any work starts, so that a cancellation arriving next always finds it. After it
/// nothing is written about the request, but its place stays taken until the work has really ended: a client
/// can't run more than its share by cancelling what it starts.
struct RequestLedger: Sendable {
    struct Entry: Sendable {
        let id: RequestID
        let batch: BatchNumber?
        var notifications: RequestNotifications
        let isListening: Bool
        var isCancelled = false
    }

    private let limit: Int
    private var lastNumber: UInt64 = 0
    private var tokens: [RequestID: RequestToken] = [:]
    private var entries: [RequestToken: Entry] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    var isEmpty: Bool { entries.isEmpty }

    func isInFlight(_ id: RequestID) -> Bool {
        tokens[id] != nil
    }

    mutating func reserve(
        _ request: AdmittedRequest,
        batch: BatchNumber?
    ) throws(JSONRPCError) -> RequestToken {
        guard entries.count < limit else { throw .busy(running: entries.count) }
        lastNumber &+= 1
        let token = RequestToken(number: lastNumber)
        tokens[request.id] = token
        entries[token] = Entry(
            id: request.id,
            batch: batch,
            notifications: RequestNotifications(request.context),
            isListening: request.request.isListening
        )
        return token
    }

    /// Marks a request as cancelled and frees its id.
    ///
    /// - Returns: Its token and entry, or nil if no such request is in flight.
    mutating func cancel(_ id: RequestID) -> (RequestToken, Entry)? {
        guard let token = tokens.removeValue(forKey: id), let entry = entries[token] else { return nil }
        entries[token]?.isCancelled = true
        return (token, entry)
    }

    /// Cancels everything that is in flight.
    ///
    /// - Returns: The tokens, oldest first.
    mutating func cancelAll() -> [RequestToken] {
        let cancelled = tokens.values.sorted { $0.number < $1.number }
        tokens.removeAll()
        for token in cancelled {
            entries[token]?.isCancelled = true
        }
        return cancelled
    }

    /// Removes a request.
    ///
    /// - Returns: Its entry, or nil if nothing may be written about it.
    mutating func finish(_ token: RequestToken) -> Entry? {
        guard let entry = entries.removeValue(forKey: token), !entry.isCancelled else { return nil }
        tokens[entry.id] = nil
        return entry
    }

    mutating func progress(_ update: ProgressUpdate, about token: RequestToken) -> JSONValue? {
        guard entries[token]?.isCancelled == false else { return nil }
        return entries[token]?.notifications.progress(update)
    }

    func log(
        _ entry: LogEntry,
        about token: RequestToken,
        sessionLevel: LogLevel,
        relatedTask: String?
    ) -> JSONValue? {
        guard let request = entries[token], !request.isCancelled else { return nil }
        var notifications = request.notifications
        if let relatedTask { notifications.relatedTask = relatedTask }
        return notifications.log(entry, sessionLevel: sessionLevel)
    }

    /// The revision of a request about which something may be written, else nil.
    func revision(of token: RequestToken) -> ProtocolRevision? {
        guard let entry = entries[token], !entry.isCancelled else { return nil }
        return entry.notifications.context.revision
    }

    func isListening(_ token: RequestToken) -> Bool {
        entries[token]?.isListening == true
    }

    /// The streams of changes that have not been cancelled, oldest first.
    var listening: [RequestToken] {
        entries.filter { $0.value.isListening && !$0.value.isCancelled }.keys.sorted { $0.number < $1.number }
    }
}
