// SPDX-License-Identifier: Apache-2.0

/// One JSON-RPC 2.0 message, or the reason why an object is none.
public enum JSONRPCMessage: Sendable, Equatable {
    /// A call that wants a response.
    case request(JSONRPCRequest)
    /// A call that is never answered, whatever is wrong with it.
    case notification(JSONRPCNotification)
    /// The answer to a call of ours.
    case response(JSONRPCResponse)
    /// Not a message; the error goes back, with the id where one could be read and is the sender's own.
    case invalid(id: RequestID?, JSONRPCError)

    /// Reads a message.
    public init(_ value: JSONValue) {
        guard case .object(let object) = value else {
            let reason = "a message must be an object, not \(value.kindName)"
            self = .invalid(id: nil, JSONRPCError(.invalidRequest, reason))
            return
        }
        if object["method"] == nil, object.contains(key: "result") || object.contains(key: "error") {
            self = Self.response(from: object)
        } else {
            self = Self.call(from: object)
        }
    }

    private static func call(from object: JSONObject) -> JSONRPCMessage {
        let id = RequestID(object["id"])
        func invalid(_ reason: String) -> JSONRPCMessage {
            .invalid(id: id, JSONRPCError(.invalidRequest, reason))
        }
        guard object["jsonrpc"] == "2.0" else { return invalid("the member 'jsonrpc' must be \"2.0\"") }
        guard let method = object["method"] else {
            return invalid("a message needs a 'method', a 'result' or an 'error'")
        }
        guard let method = method.stringValue else { return invalid("the member 'method' must be a string") }
        let params = object["params"]
        if object.contains(key: "id") {
            guard let id else { return invalid("the member 'id' must be a string or an integer") }
            if let params, params.objectValue == nil {
                return .invalid(
                    id: id,
                    .invalidParams("the member 'params' must be an object, not \(params.kindName)")
                )
            }
            return .request(JSONRPCRequest(id: id, method: method, params: params?.objectValue))
        }
        return .notification(JSONRPCNotification(method: method, params: params?.objectValue))
    }

    /// Reads a response.
    ///
    /// Its id is one of ours, so an error about it must not carry that id: the peer would take it for an
    /// answer to one of its own requests.
    private static func response(from object: JSONObject) -> JSONRPCMessage {
        func invalid(_ reason: String) -> JSONRPCMessage {
            .invalid(id: nil, JSONRPCError(.invalidRequest, reason))
        }
        guard object["jsonrpc"] == "2.0" else { return invalid("the member 'jsonrpc' must be \"2.0\"") }
        let id = RequestID(object["id"])
        switch (object["result"], object["error"]) {
        case (.some, .some):
            return invalid("a response has a 'result' or an 'error', not both")
        case (let result?, .none):
            guard let id else { return invalid("a result needs the id of its request") }
            return .response(JSONRPCResponse(id: id, outcome: .result(result)))
        case (.none, let error):
            return .response(JSONRPCResponse(id: id, outcome: .error(error ?? .null)))
        }
    }
}
