// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// One request that is being answered: the way back to its connection, from any task.
///
/// Whatever comes after the answer, or after the connection is gone, is dropped.
struct Exchange: Sendable {
    let number: UInt64
    let peer: Peer
    private let handler: NIOLoopBound<ConnectionHandler>
    private let eventLoop: any EventLoop

    init(number: UInt64, peer: Peer, handler: ConnectionHandler, eventLoop: any EventLoop) {
        self.number = number
        self.peer = peer
        self.handler = NIOLoopBound(handler, eventLoop: eventLoop)
        self.eventLoop = eventLoop
    }

    /// Answers with one message.
    func reply(_ reply: HTTPReply) {
        perform { $0.reply(reply, to: number) }
    }

    /// From here on a connection that ends cancels the task that answers.
    ///
    /// - Parameter isOutlivingInput: Whether a client that has only said that it will send nothing more is still
    ///   answered.
    func endWithConnection(isOutlivingInput: Bool = false) {
        perform { $0.cancelOnDisconnect(number, isOutlivingInput: isOutlivingInput) }
    }

    /// Answers with a stream of events.
    ///
    /// - Parameter fields: Further fields of the head.
    /// - Returns: The stream.
    func openStream(fields: [(String, String)]) -> EventStream {
        let fields = fields.map { HeaderFields.Field(name: $0.0, value: $0.1) }
        perform { $0.openStream(fields, for: number) }
        return EventStream(exchange: self)
    }

    /// Sends bytes on the stream; returns when there is room for more.
    ///
    /// - Returns: False when nobody reads any more.
    func send(_ bytes: [UInt8]) async -> Bool {
        await withCheckedContinuation { continuation in
            perform { $0.send(bytes, on: number, continuation) }
        }
    }

    /// Ends the stream, after what was sent.
    func endStream() {
        perform { $0.endStream(number) }
    }

    /// Ends the stream at once.
    func dropStream() {
        perform { $0.dropStream(number) }
    }

    private func perform(_ body: @escaping @Sendable (ConnectionHandler) -> Void) {
        eventLoop.execute { body(handler.value) }
    }
}
