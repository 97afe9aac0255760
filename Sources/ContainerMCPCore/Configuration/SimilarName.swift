// SPDX-License-Identifier: Apache-2.0

/// Finds the setting that somebody probably meant.
enum SimilarName {
    private static let known: [(name: String, bytes: [UInt8], letters: UInt64)] = SettingKey.all.map {
        let bytes = Array($0.name.utf8)
        return ($0.name, bytes, letters(bytes))
    }

    /// The key one or two letters off, or written in other letter case; nil for a name that is right or far
    /// off.
    ///
    /// Short names count as meant only when one letter is off: `DEBUG` is near too many words.
    static func of(_ name: String) -> String? {
        guard (4...64).contains(name.utf8.count), SettingKey.named(name) == nil else { return nil }
        let bytes = Array(SettingText.uppercased(name).utf8)
        let mask = letters(bytes)
        var best: (name: String, distance: Int)?
        for key in known {
            let allowed = key.bytes.count < 8 ? 1 : 2
            guard abs(key.bytes.count - bytes.count) <= allowed,
                (mask ^ key.letters).nonzeroBitCount <= 2 * allowed
            else { continue }
            let distance = distance(bytes, key.bytes)
            if distance <= allowed, distance < best?.distance ?? .max { best = (key.name, distance) }
        }
        return best?.name
    }

    /// One bit for each letter in use: two letters off change at most four bits, which spares most
    /// comparisons.
    private static func letters(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0) { $0 | 1 << UInt64($1 & 63) }
    }

    /// Insertions, deletions, replacements and swaps of neighbours.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, a) in left.enumerated() {
            var next = [row + 1]
            next.reserveCapacity(right.count + 1)
            for (column, b) in right.enumerated() {
                var best = min(last[column] + (a == b ? 0 : 1), last[column + 1] + 1, next[column] + 1)
                if row > 0, column > 0, a == right[column - 1], left[row - 1] == b {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                next.append(best)
            }
            beforeLast = last
            last = next
        }
        return last[right.count]
    }
}
