// SPDX-License-Identifier: Apache-2.0

/// Stands for one question to the client; never used twice on a channel.
public struct AskToken: Sendable, Hashable {
    let number: UInt64
}
