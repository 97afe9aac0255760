// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// Equips each connection that the server accepts, with TLS where there is a certificate.
struct ListeningSetup: ServerChildChannel {
    /// How long a handshake may take.
    static let handshakeTime = TimeAmount.seconds(10)

    let connections: ConnectionSetup
    /// Nil for connections in the clear.
    let certificates: CertificateStore?
    let handshakeTime: TimeAmount

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<ConnectionSetup.Value> {
        if let certificates {
            do {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(NIOSSLServerHandler(context: certificates.context))
                try pipeline.addHandler(HandshakeDeadline(time: handshakeTime))
            } catch {
                return channel.eventLoop.makeFailedFuture(error)
            }
        }
        return connections.setup(channel: channel, logger: logger)
    }

    func handle(value: ConnectionSetup.Value, logger: Logger) async {
        await connections.handle(value: value, logger: logger)
    }
}
