// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore

/// What the connections of a server share.
struct ConnectionServices: Sendable {
    /// Decides about a request by its head.
    let admit: @Sendable (RequestHead, Peer) -> Admission
    /// Takes the news of a request that was refused because of its form.
    let recordRefusal: @Sendable (Peer, String) -> Void
    let table: ConnectionTable
    /// Memory for bodies that are being read.
    let bodies: ByteBudget
    /// Memory for what waits to be sent.
    let output: ByteBudget
    let limits: RequestParser.Limits
    let times: ConnectionTimes
    let metrics: ServerMetrics
}
