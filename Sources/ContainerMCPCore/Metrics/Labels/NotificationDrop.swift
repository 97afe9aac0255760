// SPDX-License-Identifier: Apache-2.0

extension ServerMetrics {
    /// Why a notification did not get to the client.
    public enum NotificationDrop: String, Sendable, CaseIterable {
        /// There were too many in a second.
        case rate
        /// The client read too slowly.
        case slowReader = "slow_reader"
        /// Nobody was there to read.
        case noReader = "no_reader"
        /// There was no memory to keep it.
        case noMemory = "no_memory"
    }
}
