// SPDX-License-Identifier: Apache-2.0

/// What a handler needs to know before it can go on.
public struct InputRequired: Sendable, Equatable {
    /// What to ask.
    public var requests: [InputQuestion]
    /// What the handler wants to find again when it is entered with the answers; nil for nothing.
    public var state: JSONValue?

    /// Makes a need for answers.
    public init(requests: [InputQuestion], state: JSONValue? = nil) {
        self.requests = requests
        self.state = state
    }
}
