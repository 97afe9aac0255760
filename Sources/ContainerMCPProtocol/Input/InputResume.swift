// SPDX-License-Identifier: Apache-2.0

/// What a repeated 2026-07-28 request brings along: the answers, and the state it was given.
///
/// Both come from the client and are unchecked.
public struct InputResume: Sendable, Equatable {
    /// The member `inputResponses` as it came, nil if it is absent; an object unless the client erred.
    public let responses: JSONValue?
    /// The member `requestState` as it came, nil if it is absent; a string unless the client erred.
    public let state: JSONValue?

    /// Makes what a request brings along.
    public init(responses: JSONValue? = nil, state: JSONValue? = nil) {
        self.responses = responses
        self.state = state
    }

    /// Reads both members from the parameters of a request.
    public init(_ params: JSONObject?) {
        self.init(responses: params?["inputResponses"], state: params?["requestState"])
    }

    /// A request that brings nothing along.
    public static let none = InputResume()
}
