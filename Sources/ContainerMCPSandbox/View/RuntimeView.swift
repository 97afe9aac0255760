// SPDX-License-Identifier: Apache-2.0

/// What a kind of child sees of the file system: the whole of it, since nothing else exists there.
///
/// At level `full` and `noproc` it becomes a root of its own; at `filtered` the same list becomes Landlock rules on
/// the host's paths.
public struct RuntimeView: Sendable, Equatable {
    /// One file, folder or link of the view.
    public struct Node: Sendable, Equatable {
        /// How a node comes to be.
        public enum Kind: Sendable, Equatable {
            /// An empty folder.
            case folder
            /// A link with the given text.
            case link(String)
            /// A small read-only file with the given contents.
            case text(String)
            /// A file or folder of the host; the path holds no link.
            case bind(source: String, Access, device: UInt64, inode: UInt64)
        }

        /// What a child may do with a bound node.
        public struct Access: OptionSet, Sendable, Hashable {
            /// The bits, as on the launcher's wire where they have the same meaning.
            public let rawValue: UInt32

            /// Makes a set from its bits.
            public init(rawValue: UInt32) {
                self.rawValue = rawValue
            }

            /// May be written, and what is below it created and removed.
            public static let writable = Access(rawValue: 1 << 0)
            /// Nothing below it can be executed or mapped as a program.
            public static let noexec = Access(rawValue: 1 << 1)
            /// A harmless device.
            public static let device = Access(rawValue: 1 << 2)
            /// May be executed as a command.
            public static let program = Access(rawValue: 1 << 8)
        }

        /// Where it stands in the view: an absolute path.
        public let path: String
        /// How it comes to be.
        public let kind: Kind
    }

    /// The nodes, parents before what is below them.
    public private(set) var nodes: [Node] = []
    private var paths: Set<String> = []

    /// Makes an empty view.
    public init() {}

    /// Whether a node stands at a path.
    public func contains(_ path: String) -> Bool {
        paths.contains(path)
    }

    /// The bound programs, by their path in the view.
    public var programs: [String] {
        nodes.compactMap { node in
            guard case .bind(_, let access, _, _) = node.kind, access.contains(.program) else { return nil }
            return node.path
        }
    }

    mutating func add(_ path: String, _ kind: Node.Kind) {
        guard paths.insert(path).inserted else { return }
        nodes.append(Node(path: path, kind: kind))
    }

    mutating func addFolder(_ path: String) {
        add(path, .folder)
    }

    /// Binds a host object at its own path, with every link on the way there.
    ///
    /// - Parameters:
    ///   - path: An absolute path on the host.
    ///   - access: What a child may do with it.
    /// - Returns: The object's path without links, or nil when nothing is there.
    @discardableResult
    mutating func addHost(_ path: String, _ access: Node.Access = []) -> String? {
        guard let walk = HostPath.walk(path) else { return nil }
        // A folder that is bound already brings what is below it.
        for link in walk.links where !isBelowBoundFolder(link.path) {
            add(link.path, .link(link.text))
        }
        guard !isBelowBoundFolder(walk.real) else { return walk.real }
        add(walk.real, .bind(source: walk.real, access, device: walk.device, inode: walk.inode))
        return walk.real
    }

    /// Binds a host object at another path.
    ///
    /// - Throws: ``SandboxError`` when nothing is there.
    mutating func bind(_ source: String, at path: String, _ access: Node.Access) throws(SandboxError) {
        guard let walk = HostPath.walk(source) else {
            throw SandboxError(.badConfiguration, "'\(source)' does not exist or can't be reached")
        }
        add(path, .bind(source: walk.real, access, device: walk.device, inode: walk.inode))
    }

    private func isBelowBoundFolder(_ path: String) -> Bool {
        var parent = path[...]
        while let slash = parent.lastIndex(of: "/"), slash > parent.startIndex {
            parent = parent[..<slash]
            if boundFolders.contains(String(parent)) { return true }
        }
        return false
    }

    /// Folders bound with all that is below them.
    private(set) var boundFolders: Set<String> = []

    /// Binds a whole folder of the host, read-only, at its own path.
    @discardableResult
    mutating func addHostFolder(_ path: String, _ access: Node.Access = []) -> String? {
        guard let walk = HostPath.walk(path), walk.isFolder else { return nil }
        let real = addHost(path, access)
        boundFolders.insert(walk.real)
        return real
    }
}
