// SPDX-License-Identifier: Apache-2.0

/// The way back of everything that is said about one request.
public struct MessageRoute: Sendable {
    /// Writes one message, whose bytes hold no newline; returns when the message is out, kept or dropped.
    public let send: ChannelServer.Send
    /// Whether the way carries nothing but the answer, so that a question asked on it would never arrive.
    public let isAnswerOnly: Bool
    /// Ends the connection that carries the route, while the route lives on (MCP 2025-11-25, SSE polling); nil
    /// where that can't be.
    public let breakConnection: (@Sendable () async -> Void)?

    /// Makes a route.
    public init(
        isAnswerOnly: Bool = false,
        breakConnection: (@Sendable () async -> Void)? = nil,
        send: @escaping ChannelServer.Send
    ) {
        self.send = send
        self.isAnswerOnly = isAnswerOnly
        self.breakConnection = breakConnection
    }
}
