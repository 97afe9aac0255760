// SPDX-License-Identifier: Apache-2.0

/// The other side of a connection.
struct Peer: Sendable, Equatable {
    /// Its address without the port, or `local` on a Unix socket.
    let address: String
    /// The number of the connection.
    let connection: UInt64
}
