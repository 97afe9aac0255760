// SPDX-License-Identifier: Apache-2.0

/// A call that wants a response.
public struct JSONRPCRequest: Sendable, Equatable {
    /// The identifier that the response echoes.
    public let id: RequestID
    /// The name of the method.
    public let method: String
    /// The parameters, nil if the member was absent.
    public let params: JSONObject?

    /// Makes a request.
    public init(id: RequestID, method: String, params: JSONObject? = nil) {
        self.id = id
        self.method = method
        self.params = params
    }

    /// The request as a message.
    public var jsonValue: JSONValue {
        var object: JSONObject = ["jsonrpc": "2.0", "id": id.jsonValue, "method": .string(method)]
        object["params"] = params.map { .object($0) }
        return .object(object)
    }
}
