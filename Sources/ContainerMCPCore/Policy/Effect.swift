// SPDX-License-Identifier: Apache-2.0

/// What kind of thing a demand does; a rule of a policy file can be about one kind.
public enum Effect: String, Sendable, Hashable, CaseIterable {
    /// Reads files, folders or settings.
    case read
    /// Creates or changes files.
    case write
    /// Takes files away.
    case delete
    /// Runs programs.
    case run
    /// Fetches from the network.
    case fetch
    /// Anything else, done by an embedding program's own tools.
    case other
}
