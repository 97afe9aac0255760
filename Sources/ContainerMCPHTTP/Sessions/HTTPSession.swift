// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import Synchronization

/// A conversation that outlives single requests.
final class HTTPSession: Sendable {
    /// How a client speaks in it.
    enum Kind: Sendable, Equatable {
        /// `/sse` and `/messages`.
        case channel
        /// `/mcp` before 2026-07-28.
        case streamable
    }

    let id: SessionID
    let kind: Kind
    let subject: Subject
    let server: ChannelServer
    private let stream = Mutex<(isOver: Bool, stream: EventStream?)>((false, nil))

    init(id: SessionID, kind: Kind, subject: Subject, server: ChannelServer) {
        self.id = id
        self.kind = kind
        self.subject = subject
        self.server = server
    }

    /// Makes a stream the one for what belongs to no request.
    ///
    /// - Returns: False if there is one already or the session is over.
    func attach(_ make: () -> EventStream) -> EventStream? {
        stream.withLock { state in
            guard !state.isOver, state.stream == nil else { return nil }
            let made = make()
            state.stream = made
            return made
        }
    }

    /// Forgets the stream, which has ended.
    func detach() {
        stream.withLock { $0.stream = nil }
    }

    /// Sends what belongs to no request; dropped where nobody listens.
    func send(_ message: [UInt8]) async {
        await stream.withLock { $0.stream }?.send(message: message)
    }

    /// Gives up what is in flight, waits until its processes are gone, and ends the stream.
    func close() async {
        let open = stream.withLock { state in
            defer { state = (true, nil) }
            return state.stream
        }
        await server.cancelAll()
        open?.end()
    }
}
