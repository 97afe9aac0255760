// SPDX-License-Identifier: Apache-2.0

/// Stands for one request in flight; never used twice on a channel, unlike the ids that clients choose.
public struct RequestToken: Sendable, Hashable {
    let number: UInt64
}
