// SPDX-License-Identifier: Apache-2.0

/// A pattern for paths of the file tools, by whole names: `*`, `?` and `[a-z]` stay inside one, `**` is any number of them.
///
/// Unlike the pattern of a listing it names one of the two trees, and `/notes/**` is about `/notes` itself, too.
struct PathPattern: Sendable, Hashable {
    private let root: SandboxPath.Root
    private let segments: [GlobSegment]

    /// Makes a pattern; `/`, `/workspace` and no prefix mean the workspace, `/data` the data folder.
    ///
    /// Nil for a pattern that can't match: with `.`, `..` or an empty name in it.
    init?(_ text: String) {
        let isAbsolute = text.utf8.first == UInt8(ascii: "/")
        var names = text.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false)
            .map(Array.init)[...]
        if isAbsolute { names = names.dropFirst() }
        // `/notes/` is the folder itself, as `/` is the root.
        if names.last?.isEmpty == true { names = names.dropLast() }
        let first = isAbsolute ? names.first.map { String(String.UnicodeScalarView($0)) } : nil
        root = first == "data" ? .data : .workspace
        if first == "data" || first == "workspace" { names = names.dropFirst() }
        var segments: [GlobSegment] = []
        for name in names {
            guard !name.isEmpty, name != ["."], name != [".", "."] else { return nil }
            let segment = GlobSegment(name)
            if segment != .anyFolders || segments.last != .anyFolders { segments.append(segment) }
        }
        self.segments = segments
    }

    /// Whether the pattern is for this path; at worst the number of names times the number of segments.
    func matches(_ path: SandboxPath) -> Bool {
        guard root == path.root else { return false }
        // Which prefixes of the pattern match the names seen so far.
        var reached = closed([true] + Array(repeating: false, count: segments.count))
        for component in path.components {
            let name = Array(component.unicodeScalars)
            var next = Array(repeating: false, count: segments.count + 1)
            for (index, segment) in segments.enumerated() where reached[index] {
                switch segment {
                case .anyFolders: next[index] = true
                case .name(let pattern): if pattern.matches(name) { next[index + 1] = true }
                }
            }
            guard next.contains(true) else { return false }
            reached = closed(next)
        }
        return reached[segments.count]
    }

    /// Whether the pattern names, by one name for each level, something below this path; moving the path moves that too.
    func namesSomethingBelow(_ path: SandboxPath) -> Bool {
        guard root == path.root, segments.count > path.components.count else { return false }
        for (segment, component) in zip(segments, path.components) {
            guard case .name(let pattern) = segment, pattern.matches(Array(component.unicodeScalars)) else {
                return false
            }
        }
        return true
    }

    /// Adds what is also reached because `**` may stand for nothing.
    private func closed(_ reached: [Bool]) -> [Bool] {
        var reached = reached
        for (index, segment) in segments.enumerated() where reached[index] && segment == .anyFolders {
            reached[index + 1] = true
        }
        return reached
    }
}
