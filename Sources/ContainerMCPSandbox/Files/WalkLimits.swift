// SPDX-License-Identifier: Apache-2.0

/// The bounds of a walk through a tree.
public struct WalkLimits: Sendable {
    /// The most entries that are looked at.
    public var entries: Int
    /// The most levels of folders below the start; 1 is the start alone.
    public var levels: Int
    /// When the walk ends, done or not.
    public var deadline: ContinuousClock.Instant

    /// Makes bounds.
    ///
    /// - Parameters:
    ///   - entries: The most entries that are looked at.
    ///   - levels: The most levels of folders below the start; 1 is the start alone.
    ///   - time: How long the walk may take from now.
    public init(entries: Int, levels: Int = 64, time: Duration = .seconds(5)) {
        self.entries = entries
        self.levels = levels
        deadline = ContinuousClock.now.advanced(by: time)
    }
}
