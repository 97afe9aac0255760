// SPDX-License-Identifier: Apache-2.0

/// What one line or one body holds: a message, or a batch of them.
///
/// Whether a batch is allowed depends on the revision in force, so it is only told apart here.
public enum JSONRPCInput: Sendable, Equatable {
    /// One message, or what should have been one.
    case single(JSONRPCMessage)
    /// The elements of an array, unread.
    case batch([JSONValue])

    /// Tells a message from a batch.
    public init(_ value: JSONValue) {
        if case .array(let elements) = value {
            self = .batch(elements)
        } else {
            self = .single(JSONRPCMessage(value))
        }
    }
}
