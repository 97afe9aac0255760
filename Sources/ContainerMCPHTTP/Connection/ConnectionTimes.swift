// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// How long a connection may take for what.
struct ConnectionTimes: Sendable {
    /// From the first byte of a request to the end of its header fields.
    var head = TimeAmount.seconds(10)
    /// From there to the end of the body.
    var body = TimeAmount.seconds(30)
    /// Between requests, and before the first.
    var idle = TimeAmount.seconds(60)
    /// Without the other side taking a byte of what is to be sent.
    var stall = TimeAmount.seconds(10)
    /// Of silence on a stream of events, after which a comment is sent.
    var keepAlive = TimeAmount.seconds(15)
    /// For which a 2026-07-28 call may be silent before its answer becomes a stream, which comments can keep
    /// open.
    var silence = Duration.seconds(10)
    /// For reading and dropping what a refused client still sends, so that it sees the answer.
    var drain = TimeAmount.seconds(2)
}
