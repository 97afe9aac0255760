// SPDX-License-Identifier: Apache-2.0

/// Decides which notifications about one request may go out, and in which shape.
///
/// One for each request in flight, on every transport. Progress that does not grow, that nobody asked for, or
/// that is no number is dropped.
public struct RequestNotifications: Sendable, Equatable {
    /// How the request wants to be served.
    public let context: RequestContext
    /// The task that the request has become, named in every message; 2025-11-25 only.
    public var relatedTask: String?
    private var lastProgress: Double?

    /// Starts with a request.
    public init(_ context: RequestContext, relatedTask: String? = nil) {
        self.context = context
        self.relatedTask = relatedTask
    }

    /// Takes an update.
    ///
    /// - Returns: The message to send, or nil.
    public mutating func progress(_ update: ProgressUpdate) -> JSONValue? {
        guard let token = context.progressToken, update.progress.isFinite else { return nil }
        if let lastProgress, update.progress <= lastProgress { return nil }
        lastProgress = update.progress
        return Self.about(task, update.notification(token: token, for: context.revision)).jsonValue
    }

    /// Takes a log message about the request.
    ///
    /// - Parameters:
    ///   - entry: The log message.
    ///   - sessionLevel: The level of the legacy session; a modern request has its own.
    /// - Returns: The message to send, or nil.
    public func log(_ entry: LogEntry, sessionLevel: LogLevel = .info) -> JSONValue? {
        let wanted = context.era == .modern ? context.logLevel : sessionLevel
        guard let wanted, entry.level >= wanted else { return nil }
        return Self.about(task, entry.notification).jsonValue
    }

    private var task: String? { context.revision.has(.coreTasks) ? relatedTask : nil }

    /// A notification that names the task it is about.
    static func about(_ task: String?, _ notification: JSONRPCNotification) -> JSONRPCNotification {
        guard let task else { return notification }
        var params = notification.params ?? [:]
        params["_meta"] = .object(TaskSnapshot.relatedMeta(task))
        return JSONRPCNotification(method: notification.method, params: params)
    }
}
