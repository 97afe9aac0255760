// SPDX-License-Identifier: Apache-2.0

/// A call that is never answered.
public struct JSONRPCNotification: Sendable, Equatable {
    /// The name of the method.
    public let method: String
    /// The parameters, nil if the member was absent or not an object.
    public let params: JSONObject?

    /// Makes a notification.
    public init(method: String, params: JSONObject? = nil) {
        self.method = method
        self.params = params
    }

    /// The news that what a user was asked to open has been dealt with; 2025-11-25 only.
    public static func elicitationComplete(id: String) -> JSONRPCNotification {
        JSONRPCNotification(
            method: MethodName.elicitationCompleteNotification,
            params: ["elicitationId": .string(id)]
        )
    }

    /// The notification as a message.
    public var jsonValue: JSONValue {
        var object: JSONObject = ["jsonrpc": "2.0", "method": .string(method)]
        object["params"] = params.map { .object($0) }
        return .object(object)
    }
}
