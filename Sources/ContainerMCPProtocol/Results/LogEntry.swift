// SPDX-License-Identifier: Apache-2.0

/// A log message for the client.
public struct LogEntry: Sendable, Equatable {
    /// How grave it is.
    public let level: LogLevel
    /// Which part of the server says so.
    public let logger: String?
    /// What happened; without secrets.
    public let data: JSONValue

    /// Makes a log message.
    public init(_ level: LogLevel, logger: String? = nil, data: JSONValue) {
        self.level = level
        self.logger = logger
        self.data = data
    }

    /// The message as a notification; its shape is the same in every revision.
    var notification: JSONRPCNotification {
        var params: JSONObject = ["level": .string(level.rawValue)]
        params["logger"] = logger.map { .string($0) }
        params["data"] = data
        return JSONRPCNotification(method: MethodName.logNotification, params: params)
    }
}
