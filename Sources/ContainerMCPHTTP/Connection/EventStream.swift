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

    /// Opens the stream, where the exchange did not.
    func open(fields: [(String, String)]) {
        _ = exchange.openStream(fields: fields)
    }

    /// Sends bytes that are one or more whole events.
    ///
    /// - Returns: False when nobody reads any more.
    @discardableResult func send(bytes: [UInt8]) async -> Bool {
        await exchange.send(bytes)
    }

    /// Sends one event.
    ///
    /// - Returns: False when nobody reads any more.
    @discardableResult func send(_ event: ServerSentEvent) async -> Bool {
        await exchange.send(event.encoded())
    }

    /// Sends one message.
    ///
    /// - Parameters:
    ///   - message: A message as JSON in UTF-8, on one line.
    ///   - id: Names it for a client that goes on after a break.
    /// - Returns: False when nobody reads any more.
    @discardableResult func send(message: [UInt8], id: EventID? = nil) async -> Bool {
        let name = id.map { "id: \($0)\n" } ?? ""
        var bytes = Array("event: message\n\(name)data: ".utf8)
        bytes.reserveCapacity(bytes.count + message.count + 2)
        bytes.append(contentsOf: message)
        bytes.append(contentsOf: "\n\n".utf8)
        return await exchange.send(bytes)
    }

    /// Ends the stream from this side, after what was sent.
    func end() {
        exchange.endStream()
        wake()
    }

    /// Ends the stream at once, and the connection with it where something is still on its way.
    func drop() {
        exchange.dropStream()
        wake()
    }

    private func wake() {
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
