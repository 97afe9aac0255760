// SPDX-License-Identifier: Apache-2.0

/// Decides which notifications about one request may go out, and in which shape.
///
/// One for each request in flight, on every transport. Progress that does not grow, that nobody asked for, or
/// that is no number is dropped.
public struct RequestNotifications: Sendable, Equatable {
    /// How the request wants to be served.
    public let context: RequestContext
    private var lastProgress: Double?

    /// Starts with a request.
    public init(_ context: RequestContext) {
        self.context = context
    }

    /// Takes an update.
    ///
    /// - Returns: The message to send, or nil.
    public mutating func progress(_ update: ProgressUpdate) -> JSONValue? {
        guard let token = context.progressToken, update.progress.isFinite else { return nil }
        if let lastProgress, update.progress <= lastProgress { return nil }
        lastProgress = update.progress
        return update.notification(token: token, for: context.revision).jsonValue
    }

    /// Takes a log message about the request.
    ///
    /// - Parameters:
    ///   - entry: The log message.
    ///   - sessionLevel: The level of the legacy session; a modern request has its own.
    /// - Returns: The message to send, or nil.
    public func log(_ entry: LogEntry, sessionLevel: LogLevel) -> JSONValue? {
        let wanted = context.era == .modern ? context.logLevel : sessionLevel
        guard let wanted, entry.level >= wanted else { return nil }
        return entry.notification.jsonValue
    }
}
