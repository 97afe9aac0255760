// SPDX-License-Identifier: Apache-2.0

/// What a client wants to find in the progress notifications of its request.
public struct ProgressToken: Sendable, Hashable {
    private let value: RequestID

    /// Reads a token, which is a string or an integer.
    public init?(_ value: JSONValue?) {
        guard let value = RequestID(value) else { return nil }
        self.value = value
    }

    /// The token in the type it came with.
    public var jsonValue: JSONValue { value.jsonValue }
}
