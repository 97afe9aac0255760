// SPDX-License-Identifier: Apache-2.0

/// How far a request got.
public struct ProgressUpdate: Sendable, Equatable {
    /// What is done; grows from one update to the next.
    public let progress: Double
    /// What there is to do, if known.
    public let total: Double?
    /// What is going on; from 2025-03-26 on.
    public let message: String?

    /// Makes an update.
    public init(_ progress: Double, of total: Double? = nil, message: String? = nil) {
        self.progress = progress
        self.total = total
        self.message = message
    }

    /// The update as a notification that a revision knows.
    func notification(token: ProgressToken, for revision: ProtocolRevision) -> JSONRPCNotification {
        var params: JSONObject = ["progressToken": token.jsonValue, "progress": Self.jsonValue(progress)]
        if let total, total.isFinite { params["total"] = Self.jsonValue(total) }
        if revision.has(.progressMessage) { params["message"] = message.map { .string($0) } }
        return JSONRPCNotification(method: MethodName.progressNotification, params: params)
    }

    /// Whole numbers are written as such: some clients read no others.
    private static func jsonValue(_ value: Double) -> JSONValue {
        Int64(whole: value).map { .integer($0) } ?? .number(value)
    }
}
