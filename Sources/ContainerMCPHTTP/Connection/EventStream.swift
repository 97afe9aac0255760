// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Synchronization

/// An answer that is a stream of events; comments keep it open while nothing is said.
final class EventStream: Sendable {
    private let exchange: Exchange
    private let ended = Mutex<(isOver: Bool, waiter: CheckedContinuation<Void, Never>?)>((false, nil))

    init(exchange: Exchange) {
        self.exchange = exchange
    }

    /// Sends one event.
    ///
    /// - Returns: False when nobody reads any more.
    @discardableResult func send(_ event: ServerSentEvent) async -> Bool {
        await exchange.send(event.encoded())
    }

    /// Sends one message.
    ///
    /// - Parameter message: A message as JSON in UTF-8, on one line.
    /// - Returns: False when nobody reads any more.
    @discardableResult func send(message: [UInt8]) async -> Bool {
        var bytes = Array("event: message\ndata: ".utf8)
        bytes.reserveCapacity(bytes.count + message.count + 2)
        bytes.append(contentsOf: message)
        bytes.append(contentsOf: "\n\n".utf8)
        return await exchange.send(bytes)
    }

    /// Ends the stream from this side.
    func end() {
        exchange.endStream()
        let waiter = ended.withLock { ended in
            defer { ended = (true, nil) }
            return ended.waiter
        }
        waiter?.resume()
    }

    /// Waits until the stream has ended or the task is cancelled, as the end of the connection does.
    func waitForEnd() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = ended.withLock { ended in
                    if !ended.isOver { ended.waiter = continuation }
                    return ended.isOver
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            end()
        }
    }
}
