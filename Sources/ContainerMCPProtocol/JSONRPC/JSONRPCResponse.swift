// SPDX-License-Identifier: Apache-2.0

/// The answer to a call.
public struct JSONRPCResponse: Sendable, Equatable {
    /// How the call ended, as it stood on the wire.
    public enum Outcome: Sendable, Equatable {
        /// The call succeeded.
        case result(JSONValue)
        /// The call failed; the shape of the error is unchecked.
        case error(JSONValue)
    }

    /// The identifier of the call, nil if the other side could not read it.
    public let id: RequestID?
    /// How the call ended.
    public let outcome: Outcome

    /// Makes a response.
    public init(id: RequestID?, outcome: Outcome) {
        self.id = id
        self.outcome = outcome
    }

    /// How an error response shows that no identifier could be read.
    public enum MissingID: Sendable, Equatable {
        /// The member is left out, as the two newest revisions want it.
        case omitted
        /// The member is `null`, as plain JSON-RPC wants it.
        case null

        /// The form for the revision that a session negotiated, nil if there is no session.
        public init(for negotiated: ProtocolRevision?) {
            self =
                if let negotiated, !negotiated.has(.errorsWithoutID) {
                    .null
                } else {
                    .omitted
                }
        }
    }

    /// A response with a result, as a message.
    public static func message(id: RequestID, result: JSONObject) -> JSONValue {
        ["jsonrpc": "2.0", "id": id.jsonValue, "result": .object(result)]
    }

    /// A response with an error, as a message.
    ///
    /// - Parameters:
    ///   - id: The identifier of the request, nil if none could be read.
    ///   - error: The error.
    ///   - missingID: What to write where there is no identifier.
    /// - Returns: The message.
    public static func message(id: RequestID?, error: JSONRPCError, missingID: MissingID = .omitted)
        -> JSONValue
    {
        var object: JSONObject = ["jsonrpc": "2.0"]
        if let id {
            object["id"] = id.jsonValue
        } else if missingID == .null {
            object["id"] = .null
        }
        object["error"] = error.jsonValue
        return .object(object)
    }
}
