// SPDX-License-Identifier: Apache-2.0

/// A pattern for paths: `*` any characters of a name, `?` one, `[a-z]` and `[!a-z]` one of a set, `**` any
/// folders.
///
/// A pattern with a `/` is matched against the path below the listed folder, one without against the name;
/// `**/*.x` includes the top. Case matters. Matching takes no recursion, and time at most by the product of
/// both lengths.
public struct GlobPattern: Sendable, Hashable {
    /// What is left to match below a folder; a search need not enter a folder whose state is dead.
    struct State: Hashable {
        /// How many segments may have been matched so far, each possibility once, ascending.
        fileprivate var matched: [Int]
        fileprivate let count: Int

        /// Whether the path that led here matches.
        var isMatch: Bool { matched.last == count }
        /// Whether nothing below can match.
        var isDead: Bool { matched.allSatisfy { $0 == count } }
    }

    /// The pattern as it was sent.
    public let text: String
    private let segments: [GlobSegment]

    /// Reads a pattern.
    ///
    /// - Parameter text: 1 to 256 characters. A `[` that is never closed stands for itself.
    /// - Throws: ``ToolError`` with code `invalidArgument` for a longer pattern, `..`, a backslash or a
    ///   control character.
    public init(parsing text: String) throws(ToolError) {
        func refused(_ fault: String) -> ToolError {
            ToolError(.invalidArgument, "The pattern '\(ShownText(text))' \(fault).")
        }
        guard text.unicodeScalars.count <= 256 else { throw refused("has more than 256 characters") }
        if text.unicodeScalars.contains("\\") {
            throw refused("has a backslash; put a special character in brackets to name it, as in [*]")
        }
        if text.unicodeScalars.contains(where: NameRules.isHidden) {
            throw refused("has a control or an invisible character")
        }
        let parts = text.unicodeScalars.split(separator: "/").map { Array($0) }.filter { $0 != ["."] }
        guard !parts.isEmpty else { throw refused("names no entry; '*' stands for all") }
        guard !parts.contains([".", "."]) else { throw refused("goes up with '..'; patterns only go down") }
        var segments: [GlobSegment] = []
        // A name alone, if it is to be found at any level, is a path with any folders before it.
        if parts.count == 1, text.unicodeScalars.first != "/", parts[0] != ["*", "*"],
            GlobPattern.holdsTwoStars(parts[0])
        {
            segments.append(.anyFolders)
        }
        for part in parts {
            let segment = GlobSegment(part)
            // Several in a row mean the same as one and cost more.
            if segment != .anyFolders || segments.last != .anyFolders { segments.append(segment) }
        }
        self.text = text
        self.segments = segments
    }

    private static func holdsTwoStars(_ part: [Unicode.Scalar]) -> Bool {
        zip(part, part.dropFirst()).contains { $0 == "*" && $1 == "*" }
    }

    /// The state for the entries of the folder where the search starts.
    var start: State {
        closed(over: [0])
    }

    /// The state after one more name of a path.
    func advanced(_ state: State, by name: String) -> State {
        let scalars = Array(name.unicodeScalars)
        var next: Set<Int> = []
        for index in state.matched where index < segments.count {
            switch segments[index] {
            case .anyFolders:
                next.insert(index)
                // At the end it stands for everything inside, which is at least one name.
                if index == segments.count - 1 { next.insert(segments.count) }
            case .name(let pattern):
                if pattern.matches(scalars) { next.insert(index + 1) }
            }
        }
        return closed(over: next)
    }

    /// Tells whether a whole path matches; the search itself goes name by name.
    func matches(_ path: [String]) -> Bool {
        var state = start
        for name in path { state = advanced(state, by: name) }
        return state.isMatch
    }

    /// Adds what is also possible because `**` may stand for no folder.
    private func closed(over indices: Set<Int>) -> State {
        var all = indices
        for index in segments.indices.dropLast()
        where all.contains(index) && segments[index] == .anyFolders {
            all.insert(index + 1)
        }
        return State(matched: all.sorted(), count: segments.count)
    }
}
