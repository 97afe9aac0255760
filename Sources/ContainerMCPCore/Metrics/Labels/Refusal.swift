// SPDX-License-Identifier: Apache-2.0

extension ServerMetrics {
    /// Why a request was refused before anything looked at what it wants.
    public enum Refusal: String, Sendable, CaseIterable {
        /// The server is not known by the host name, or there was none.
        case host
        /// The web origin is not allowed.
        case origin
        /// The request line, the head, the body or the line was too large.
        case size
        /// The framing was malformed or ambiguous.
        case framing
        /// The head, the body or the handshake took too long.
        case timeout
        /// There was no room for one more connection, session or stream.
        case full
    }
}
