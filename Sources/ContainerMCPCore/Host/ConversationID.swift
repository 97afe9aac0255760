// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// One legacy session, `/sse` connection or stdio channel; unique in the process and never used again.
public struct ConversationID: Sendable, Hashable {
    private static let last = Atomic<UInt64>(0)

    private let number: UInt64

    /// Makes the identifier of a new conversation.
    public init() {
        number = Self.last.wrappingAdd(1, ordering: .relaxed).newValue
    }
}
