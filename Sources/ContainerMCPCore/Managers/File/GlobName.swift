// SPDX-License-Identifier: Apache-2.0

/// A pattern for one name.
struct GlobName: Sendable, Hashable {
    private enum Token: Sendable, Hashable {
        case scalar(Unicode.Scalar)
        case any
        case star
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)

        func matches(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .scalar(let wanted): wanted == scalar
            case .any: true
            case .star: false
            case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
            }
        }
    }

    private let tokens: [Token]

    init(_ pattern: [Unicode.Scalar]) {
        var tokens: [Token] = []
        var index = 0
        while index < pattern.count {
            switch pattern[index] {
            case "*":
                if tokens.last != .star { tokens.append(.star) }
                index += 1
            case "?":
                tokens.append(.any)
                index += 1
            case "[":
                if let (set, end) = Self.set(in: pattern, after: index + 1) {
                    tokens.append(set)
                    index = end
                } else {
                    tokens.append(.scalar("["))
                    index += 1
                }
            case let other:
                tokens.append(.scalar(other))
                index += 1
            }
        }
        self.tokens = tokens
    }

    /// Reads a set up to its bracket; nil if there is none.
    private static func set(in pattern: [Unicode.Scalar], after start: Int) -> (Token, end: Int)? {
        var index = start
        var isNegated = false
        if index < pattern.count, pattern[index] == "!" || pattern[index] == "^" {
            isNegated = true
            index += 1
        }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        let first = index
        while index < pattern.count {
            let low = pattern[index]
            // A bracket that comes first is a member.
            if low == "]", index > first { return (.set(ranges, isNegated: isNegated), index + 1) }
            if index + 2 < pattern.count, pattern[index + 1] == "-", pattern[index + 2] != "]" {
                let high = pattern[index + 2]
                // A range the wrong way round holds nothing.
                if low <= high { ranges.append(low...high) }
                index += 3
            } else {
                ranges.append(low...low)
                index += 1
            }
        }
        return nil
    }

    /// Tells whether the pattern matches a whole name.
    ///
    /// After a mismatch only the last star is tried again, which is enough, because an earlier one could not
    /// reach further. So the time is at most the product of both lengths.
    func matches(_ name: [Unicode.Scalar]) -> Bool {
        var token = 0
        var position = 0
        var retry: (token: Int, position: Int)?
        while position < name.count {
            if token < tokens.count, tokens[token] == .star {
                token += 1
                retry = (token, position)
            } else if token < tokens.count, tokens[token].matches(name[position]) {
                token += 1
                position += 1
            } else if let (after, last) = retry {
                token = after
                position = last + 1
                retry = (after, position)
            } else {
                return false
            }
        }
        while token < tokens.count, tokens[token] == .star { token += 1 }
        return token == tokens.count
    }
}
