// SPDX-License-Identifier: Apache-2.0

/// A pattern for names: `*` is any run of characters, `?` one byte, everything else itself.
struct NamePattern: Sendable, Hashable {
    private let pattern: [UInt8]

    init(_ text: some Sequence<UInt8>) {
        pattern = Array(text)
    }

    init(_ text: String) {
        self.init(text.utf8)
    }

    /// Matches without backtracking over more than the last star: at worst pattern times text.
    func matches(_ text: some Collection<UInt8>) -> Bool {
        let text = Array(text)
        var position = 0
        var next = 0
        var star: (pattern: Int, text: Int)?
        while position < text.count {
            if next < pattern.count, pattern[next] == UInt8(ascii: "*") {
                star = (next, position)
                next += 1
            } else if next < pattern.count,
                pattern[next] == UInt8(ascii: "?") || pattern[next] == text[position]
            {
                next += 1
                position += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                next = last.pattern + 1
                position = last.text + 1
            } else {
                return false
            }
        }
        return pattern[next...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    func matches(_ text: String) -> Bool {
        matches(text.utf8)
    }
}
