// SPDX-License-Identifier: Apache-2.0

/// How much a tree holds.
public struct RootUsage: Hashable, Sendable {
    /// Bytes of all entries: for each name the larger of its length and what is allocated for it.
    public internal(set) var bytes: Int64 = 0
    /// Names of all entries, the root not counted.
    public internal(set) var names = 0
    /// Folders that could not be counted although they are there: no permission even after asking for it,
    /// another mount, or swapped faster than they could be opened.
    public internal(set) var unreadable = 0
    /// Whether the count ended early, by one of its limits.
    public internal(set) var isCut = false

    /// Tells whether the tree is known to be within bounds; what was not counted speaks against it.
    ///
    /// - Parameters:
    ///   - bytes: The most bytes.
    ///   - names: The most names.
    /// - Returns: False also when the count is not whole.
    public func fits(bytes: Int64, names: Int) -> Bool {
        !isCut && unreadable == 0 && self.bytes <= bytes && self.names <= names
    }
}
