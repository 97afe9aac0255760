// SPDX-License-Identifier: Apache-2.0

/// How a walk ended.
public struct WalkEnd: Hashable, Sendable {
    /// Whether a limit of entries, levels or time left something unseen.
    public internal(set) var isCut = false
    /// How many folders could not be read, or went away or became something else meanwhile.
    public internal(set) var unreadable = 0
}
