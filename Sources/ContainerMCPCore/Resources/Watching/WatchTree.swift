// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox

/// The folders behind everything that is watched, each with one watch of the kernel.
///
/// A file is watched by its folder, and every folder by the one above it, up to the root of the tree. So a folder that
/// is moved, deleted or made anew is seen where its name changes, and what is below it is armed again, by its path.
/// Hostile code can change the tree at any moment: a folder is opened beneath its root, never by the host's path, and
/// whatever happened between two looks is followed by an event that leads to a third. Work is bounded by
/// ``maximumNodes`` for one batch of events.
///
/// It belongs to one thread.
struct WatchTree {
    /// The most URIs that are watched at once.
    static let maximumURIs = 1_024
    /// The most folders that are watched at once.
    static let maximumNodes = 8_192
    /// The most folders that are watched for the sake of the list.
    static let maximumListed = 512
    /// The most levels of folders.
    static let maximumLevels = 64

    struct Watched {
        let node: Int
        let name: String
        var count: Int
    }

    let roots: [SandboxPath.Root: RootDirectory]
    let endings: Set<String>
    let inotify: Inotify

    var nodes: [Int: WatchNode] = [:]
    var tops: [SandboxPath.Root: Int] = [:]
    var byWatch: [Int32: Int] = [:]
    var listedCount = 0
    /// How many folders the list had when others were left out for want of places; nil where none were.
    var listedAtCut: Int?
    /// The kernel had no watch left for a folder that is there.
    var isStarved = false
    private(set) var uris: [String: Watched] = [:]
    private(set) var listUsers = 0
    private var lastNumber = 0

    init(roots: [SandboxPath.Root: RootDirectory], endings: Set<String>, inotify: Inotify) {
        self.roots = roots
        self.endings = endings
        self.inotify = inotify
    }

    /// Whether ``repair()`` has something to do, which is worth a look once a second and not more often.
    var needsRepair: Bool { isStarved || listedCount < listedAtCut ?? 0 }

    // MARK: What is watched

    /// Watches a file, which need not be there yet; once more if it is watched already.
    mutating func watch(_ uri: String, at path: SandboxPath) -> Bool {
        if let known = uris[uri] {
            guard known.count < Int(Int32.max) else { return false }
            uris[uri]?.count += 1
            return true
        }
        guard uris.count < Self.maximumURIs, roots[path.root] != nil, let name = path.components.last,
            path.components.count <= Self.maximumLevels,
            let folder = makeNode(path.root, Array(path.components.dropLast()))
        else { return false }
        nodes[folder]?.files[name, default: []].insert(uri)
        uris[uri] = Watched(node: folder, name: name, count: 1)
        guard armChain(to: folder) else {
            unwatch(uri)
            return false
        }
        return true
    }

    /// Lets a file go, if that was the last who watched it.
    mutating func unwatch(_ uri: String) {
        guard let known = uris[uri] else { return }
        guard known.count == 1 else {
            uris[uri]?.count -= 1
            return
        }
        uris[uri] = nil
        nodes[known.node]?.files[known.name]?.remove(uri)
        if nodes[known.node]?.files[known.name]?.isEmpty == true {
            nodes[known.node]?.files[known.name] = nil
        }
        prune(known.node)
    }

    /// Watches the list of resources; false if no tree can be watched.
    mutating func watchList() -> Bool {
        if listUsers == 0 {
            scan(roots.keys.compactMap { makeNode($0, []) })
            guard listedCount > 0 else { return false }
        }
        listUsers += 1
        return true
    }

    /// Lets the list go, if that was the last who watched it.
    mutating func unwatchList() {
        guard listUsers > 0 else { return }
        listUsers -= 1
        guard listUsers == 0 else { return }
        listedAtCut = nil
        for (number, node) in nodes where node.isListed { unlist(number) }
    }

    // MARK: Nodes

    /// The node of a folder, made with those above it where it is missing; nil when there are too many.
    mutating func makeNode(_ tree: SandboxPath.Root, _ components: [String]) -> Int? {
        guard nodes.count + components.count < Self.maximumNodes else { return nil }
        var current = tops[tree] ?? add(WatchNode(tree: tree, components: [], parent: nil))
        tops[tree] = current
        for (depth, name) in components.enumerated() {
            if let next = nodes[current]?.children[name] {
                current = next
            } else {
                let way = Array(components.prefix(depth + 1))
                let next = add(WatchNode(tree: tree, components: way, parent: current))
                nodes[current]?.children[name] = next
                current = next
            }
        }
        return current
    }

    private mutating func add(_ node: WatchNode) -> Int {
        lastNumber += 1
        nodes[lastNumber] = node
        return lastNumber
    }

    /// Removes a node that nothing needs, and those above it that only it needed.
    mutating func prune(_ number: Int) {
        var next: Int? = number
        while let current = next, let node = nodes[current], !node.isNeeded {
            disarm(current)
            nodes[current] = nil
            if let parent = node.parent, let name = node.components.last {
                nodes[parent]?.children[name] = nil
            } else {
                tops[node.tree] = nil
            }
            next = node.parent
        }
    }

    /// A node and all below it, each after the one above it.
    func subtree(of number: Int) -> [Int] {
        var found = nodes[number] == nil ? [] : [number]
        var index = 0
        while index < found.count {
            if let node = nodes[found[index]] { found += node.children.values }
            index += 1
        }
        return found
    }
}
