// SPDX-License-Identifier: Apache-2.0

/// Tells whether text is in Unicode normalization form C, that is, whether composing would change it.
///
/// The standard library normalises only inside its comparisons and offers no such answer, and Foundation is
/// too slow to start. But it has two of the three properties that the answer takes (the combining class and
/// the exclusions); the third, which characters compose, is in ``table``. By the stability policy of Unicode
/// the table can only grow by pairs of characters that do not exist yet.
///
/// Source: Unicode Standard, 3.11; UAX #15.
struct CanonicalCompositions: Sendable {
    private struct Pair: Hashable {
        let first: UInt32
        let second: UInt32
    }

    private static let shared = CanonicalCompositions()

    private let composed: [Pair: UInt32]
    private let parts: [UInt32: Pair]

    private init() {
        var composed: [Pair: UInt32] = [:]
        var parts: [UInt32: Pair] = [:]
        var second: UInt32 = 0
        for word in Self.table.split(whereSeparator: \.isWhitespace) {
            if word.utf8.last == 0x3A {
                second = UInt32(word.dropLast(), radix: 16) ?? 0
                continue
            }
            let sides = word.split(separator: "=")
            guard sides.count == 2, let first = UInt32(sides[0], radix: 16),
                let whole = UInt32(sides[1], radix: 16)
            else { continue }
            let pair = Pair(first: first, second: second)
            composed[pair] = whole
            parts[whole] = pair
        }
        self.composed = composed
        self.parts = parts
    }

    /// Tells whether text stays as it is under normalization form C.
    ///
    /// Time grows with the length of the text only.
    static func isComposed(_ text: String) -> Bool {
        // Everything below U+0300 stays as it is (UAX #15, quick check).
        if text.utf8.allSatisfy({ $0 < 0xCC }) { return true }
        return shared.isComposed(text.unicodeScalars)
    }

    private func isComposed(_ scalars: String.UnicodeScalarView) -> Bool {
        var starter: UInt32?
        var previousClass: UInt8 = 0
        for scalar in scalars {
            let properties = scalar.properties
            if properties.isFullCompositionExclusion { return false }
            let combiningClass = properties.canonicalCombiningClass.rawValue
            if combiningClass != 0, previousClass > combiningClass { return false }
            if let starter {
                let isBlocked = previousClass != 0 && previousClass >= combiningClass
                if !isBlocked, composes(starter, with: scalar.value, of: combiningClass) { return false }
            }
            if combiningClass == 0 { starter = scalar.value }
            previousClass = combiningClass
        }
        return true
    }

    /// Tells whether a mark would compose with a starter, or with what is left of it below marks that come
    /// later.
    private func composes(_ starter: UInt32, with mark: UInt32, of combiningClass: UInt8) -> Bool {
        if composesHangul(starter, with: mark) { return true }
        var first = starter
        // In canonical order the mark stands before the starter's own marks of a higher class. Characters
        // have at most
        // three marks, so this ends.
        while combiningClass != 0, let inner = parts[first], let own = Unicode.Scalar(inner.second),
            own.properties.canonicalCombiningClass.rawValue > combiningClass
        {
            first = inner.first
        }
        return composed[Pair(first: first, second: mark)] != nil
    }

    private func composesHangul(_ first: UInt32, with second: UInt32) -> Bool {
        let isLeadAndVowel = (0x1100...0x1112).contains(first) && (0x1161...0x1175).contains(second)
        let isOpenSyllable = (0xAC00...0xD7A3).contains(first) && (first &- 0xAC00) % 28 == 0
        return isLeadAndVowel || (isOpenSyllable && (0x11A8...0x11C2).contains(second))
    }
}
