// SPDX-License-Identifier: Apache-2.0

/// Finds the name that somebody probably meant.
enum NearestName {
    /// The nearest of some names, or nil when none is near: a few letters off, or a part of exactly one of them.
    static func of(_ word: String, among names: [String]) -> String? {
        let bytes = Array(word.utf8)
        guard (2...64).contains(bytes.count) else { return nil }
        let allowed = max(1, bytes.count / 4)
        let near = names.map { ($0, distance(bytes, Array($0.utf8))) }.min { $0.1 < $1.1 }
        if let near, near.1 <= allowed { return near.0 }
        let holding = names.filter { $0.contains(word.lowercased()) }
        return holding.count == 1 ? holding.first : nil
    }

    /// " Did you mean 'x'?", or nothing.
    static func question(_ word: String, among names: [String]) -> String {
        of(word, among: names).map { " Did you mean '\($0)'?" } ?? ""
    }

    /// Insertions, deletions and replacements.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var last = Array(0...right.count)
        for (row, a) in left.enumerated() {
            var next = [row + 1]
            for (column, b) in right.enumerated() {
                next.append(min(last[column] + (a == b ? 0 : 1), last[column + 1] + 1, next[column] + 1))
            }
            last = next
        }
        return last[right.count]
    }
}
