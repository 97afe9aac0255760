// SPDX-License-Identifier: Apache-2.0

/// How much one channel may ask of the server at once.
public struct ChannelLimits: Sendable, Equatable {
    /// How many requests may be in flight, a cancelled one counting until it has really ended; at least 1.
    public let requestsInFlight: Int
    /// How many messages a batch may hold, at least 1.
    public let batchMessages: Int
    /// How many questions to the client may be open, at least 1.
    public let openAsks: Int
    /// How long a message may be, in bytes; only named in the error for a longer one.
    public let messageBytes: Int

    /// Makes limits.
    public init(
        requestsInFlight: Int = 64,
        batchMessages: Int = 100,
        messageBytes: Int = 32 * 1_048_576,
        openAsks: Int = 64
    ) {
        self.requestsInFlight = max(requestsInFlight, 1)
        self.batchMessages = max(batchMessages, 1)
        self.messageBytes = messageBytes
        self.openAsks = max(openAsks, 1)
    }
}
