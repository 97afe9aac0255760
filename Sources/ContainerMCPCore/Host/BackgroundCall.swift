// SPDX-License-Identifier: Apache-2.0

/// The way of a call into the background.
struct BackgroundCall: Sendable {
    /// Whether the background can ask the client, once the call is there.
    let canAsk: Bool
    /// Lets the call go on there; false where it can't.
    let detach: @Sendable () async -> Bool
}
