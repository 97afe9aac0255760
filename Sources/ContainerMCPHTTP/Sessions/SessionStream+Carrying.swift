// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Synchronization

extension SessionStream {
    /// The first event of a stream whose client can come back: it has an id to come back with before anything
    /// is said (MCP 2025-11-25, Streamable HTTP).
    var priming: [UInt8] {
        Array("id: \(EventID(stream: name, number: 0))\nretry: \(storage.limits.retry)\ndata:\n\n".utf8)
    }

    /// Writes events to a connection until the stream ends, the connection does, or another one takes over.
    func carry(_ reader: UInt64, on stream: EventStream) async {
        storage.carrying.wrappingAdd(1, ordering: .relaxed)
        defer { storage.carrying.wrappingSubtract(1, ordering: .relaxed) }
        while true {
            switch await next(reader) {
            case .send(let event):
                let id = EventID(stream: name, number: event.number)
                guard await stream.send(message: event.message, id: id) else { return detach(reader) }
                sent(event.number)
            case .end(let comesBack):
                if comesBack { await sendRetry(stream) }
                return stream.end()
            case .breakOff:
                await sendRetry(stream)
                return stream.end()
            case .leave:
                return stream.drop()
            }
        }
    }

    private func sendRetry(_ stream: EventStream) async {
        await stream.send(ServerSentEvent(retry: storage.limits.retry))
    }
}
