// SPDX-License-Identifier: Apache-2.0

/// A place in the tree that a caller sees: the workspace, or the read-only data folder.
///
/// A pure value; making one touches no disk, and nothing that it names can lie outside its root as text. What
/// is on disk there is decided when it is opened, never by looking at this. `a.txt`, `/a.txt` and
/// `/workspace/a.txt` are equal; `/` and `.` are the root of the workspace; `/data/…` is the data folder.
public struct SandboxPath: Sendable, CustomStringConvertible {
    /// The two trees that can be named.
    public enum Root: Sendable, Hashable {
        /// The workspace, to read and write.
        case workspace
        /// The data folder, to read only.
        case data
    }

    /// The tree that holds the place.
    public let root: Root
    /// The names from the root down; none is empty, `.` or `..`, and each keeps the rules for names.
    public let components: [String]
    private let sent: String

    /// Reads a path as a caller sends it.
    ///
    /// Never traps, whatever the text.
    ///
    /// Slashes at the end, double slashes and `.` are taken for nothing.
    ///
    /// - Parameter text: At most 4,096 bytes, at most 255 for each name.
    /// - Throws: ``ToolError`` with code `invalidArgument`: the text is empty or too long, goes up with `..`,
    ///   or has a name with a control character, an invisible or bidirectional character, a backslash, a
    ///   percent-encoded separator, a dot or space at its end, or characters that are not in normalization
    ///   form C.
    public init(parsing text: String) throws(ToolError) {
        func refused(_ fault: String) -> ToolError {
            ToolError(.invalidArgument, "The path '\(ShownText(text))' \(fault).")
        }
        guard !text.isEmpty else { throw refused("is empty; '/' names the workspace") }
        guard text.utf8.count <= 4_096 else { throw refused("has more than 4096 bytes") }
        let isAbsolute = text.utf8.first == 0x2F
        var names: [String] = []
        // By scalars: as a character, a slash with a combining mark would not be a slash.
        for part in text.unicodeScalars.split(separator: "/") {
            let name = String(part)
            if name == "." { continue }
            if let fault = NameRules.fault(in: name) { throw refused(fault) }
            names.append(name)
        }
        var root = Root.workspace
        if isAbsolute, let first = names.first {
            switch first {
            case "workspace":
                names.removeFirst()
            case "data":
                root = .data
                names.removeFirst()
            default:
                break
            }
        }
        self.root = root
        components = names
        sent = text
    }

    /// Makes the path of an entry below this one, for answers; the name is taken from disk and was checked.
    func appending(_ names: [String]) -> SandboxPath {
        SandboxPath(root: root, components: components + names)
    }

    private init(root: Root, components: [String]) {
        self.root = root
        self.components = components
        sent = SandboxPath.text(root: root, components: components)
    }

    /// Whether the path names the root of its tree.
    public var isRoot: Bool { components.isEmpty }

    /// The path as it stands in answers: relative to the workspace, its root as `/`, and data as `/data/…`.
    public var description: String {
        SandboxPath.text(root: root, components: components)
    }

    /// The path as the caller sent it, cut to 200 characters and escaped, for messages.
    public var shown: String { ShownText(sent).description }

    /// Whether the path lies in the workspace's own folder for the server, `.cmcp`.
    public var isReserved: Bool {
        // On a file system that ignores case, `.CMCP` is the same folder.
        root == .workspace && components.first.map(SandboxPath.lowered) == ".cmcp"
    }

    /// Throws unless the last name has one of the allowed endings.
    ///
    /// This is for files; folders may have any name.
    ///
    /// - Parameter endings: Endings in lower case, without the dot. None allows nothing.
    /// - Throws: ``ToolError`` with code `denied`.
    public func requireAllowedEnding(_ endings: Set<String>) throws(ToolError) {
        if let name = components.last, SandboxPath.hasAllowedEnding(name, endings) { return }
        let allowed = endings.sorted().map { "." + $0 }.joined(separator: ", ")
        let advice = endings.isEmpty ? "no ending is allowed here" : "allowed: \(allowed)"
        throw ToolError(.denied, "The name of '\(shown)' does not have an allowed ending; \(advice).")
    }

    /// Tells whether a name has one of the allowed endings, compared after lower-casing ASCII letters only.
    ///
    /// A dot at the very start does not begin an ending: `.txt` has none.
    ///
    /// - Parameters:
    ///   - name: One name, not a path.
    ///   - endings: Endings in lower case, without the dot.
    /// - Returns: Whether one of them ends the name.
    public static func hasAllowedEnding(_ name: String, _ endings: Set<String>) -> Bool {
        guard let dot = name.utf8.lastIndex(of: 0x2E), dot != name.utf8.startIndex else { return false }
        return endings.contains(lowered(String(name[name.utf8.index(after: dot)...])))
    }

    private static func lowered(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    private static func text(root: Root, components: [String]) -> String {
        let path = components.joined(separator: "/")
        switch root {
        case .workspace: return path.isEmpty ? "/" : path
        case .data: return path.isEmpty ? "/data" : "/data/" + path
        }
    }
}

extension SandboxPath: Hashable {
    /// Tells whether two paths name the same place, however each was written.
    public static func == (left: SandboxPath, right: SandboxPath) -> Bool {
        left.root == right.root && left.components == right.components
    }

    /// Hashes the place, not the way it was written.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(root)
        hasher.combine(components)
    }
}
