// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The answer to a request about which nothing is said before its end: JSON, unless the client has waited for so long that a
/// stream was opened to keep its connection.
final class QuietAnswer: Sendable {
    private struct State {
        var stream: EventStream?
        var isDone = false
    }

    private let exchange: Exchange
    private let state = Mutex(State())

    init(_ exchange: Exchange) {
        self.exchange = exchange
    }

    /// Opens the stream, unless there is an answer.
    func noteSilence() {
        state.withLock { state in
            guard !state.isDone else { return }
            state.stream = exchange.openStream(fields: MCPEndpoint.streamFields)
        }
    }

    /// Takes the news that there is an answer.
    ///
    /// - Returns: The stream that it belongs on; nil where it is a reply.
    func finish() -> EventStream? {
        state.withLock { state in
            state.isDone = true
            return state.stream
        }
    }
}
