// SPDX-License-Identifier: Apache-2.0

extension ServerMetrics {
    /// Why a request was not authenticated.
    public enum AuthenticationFailure: String, Sendable, CaseIterable {
        /// It brought no token.
        case missing
        /// It brought its token in a way that can't be read, or in the query.
        case malformed
        /// The token is wrong.
        case invalid
        /// The token was good once, or will be.
        case expired
        /// The token does not go so far.
        case insufficientScope = "insufficient_scope"
        /// The peer has failed too often.
        case throttled
        /// The token could not be checked.
        case unavailable
    }
}
