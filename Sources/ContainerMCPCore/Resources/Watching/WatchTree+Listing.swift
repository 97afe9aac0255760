// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox

extension WatchTree {
    /// Adds folders and all below them to the watched list, level by level, as far as there are places.
    ///
    /// Each folder is armed before it is read, so that what comes into it meanwhile is seen one way or the other.
    mutating func scan(_ starts: [Int]) {
        var queue = starts
        var index = 0
        var places = Self.maximumListed - listedCount - starts.count { nodes[$0]?.isListed == false }
        var isCut = false
        var entriesLeft = 200_000
        let deadline = ContinuousClock.now.advanced(by: .seconds(5))
        while index < queue.count {
            let number = queue[index]
            index += 1
            guard list(number) else { continue }
            guard entriesLeft > 0, ContinuousClock.now < deadline, let node = nodes[number],
                node.components.count < Self.maximumLevels
            else { continue }
            for name in folders(in: node, entriesLeft: &entriesLeft) {
                if let known = node.children[name], nodes[known]?.isListed == true {
                    queue.append(known)
                    continue
                }
                guard places > 0, let child = makeNode(node.tree, node.components + [name]) else {
                    isCut = true
                    break
                }
                places -= 1
                queue.append(child)
            }
        }
        if isCut { listedAtCut = listedCount }
    }

    /// Makes one folder part of the list; false if it is not there, or there is no place for it.
    private mutating func list(_ number: Int) -> Bool {
        guard nodes[number] != nil else { return false }
        if nodes[number]?.isListed == false {
            guard listedCount < Self.maximumListed else {
                prune(number)
                return false
            }
            nodes[number]?.isListed = true
            listedCount += 1
        }
        switch arm(number) {
        case .armed:
            return true
        case .exhausted:
            isStarved = true
            unlist(number)
            return false
        case .missing:
            unlist(number)
            return false
        }
    }

    /// Takes a node out of the list; it goes away unless something else needs it.
    mutating func unlist(_ number: Int) {
        if nodes[number]?.isListed == true {
            nodes[number]?.isListed = false
            listedCount -= 1
        }
        prune(number)
    }

    /// Whether a name is one of which the list of resources could tell.
    func isListable(_ name: String, in node: WatchNode) -> Bool {
        guard NameRules.isNameable(name), !RootDirectory.isTemporaryName(name) else { return false }
        guard node.tree == .workspace, node.components.isEmpty else { return true }
        // On a file system that ignores case, `.CMCP` is the same folder.
        return !name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }.elementsEqual(".cmcp".utf8)
    }

    private mutating func folders(in node: WatchNode, entriesLeft: inout Int) -> [String] {
        // A folder that went away meanwhile holds nothing; its own event will come.
        guard let root = roots[node.tree], let found = try? root.list(node.components, limit: entriesLeft)
        else {
            return []
        }
        entriesLeft -= found.entries.count
        return found.entries.compactMap { entry in
            guard entry.kind == .folder || entry.kind == nil, let name = entry.name.text else { return nil }
            return isListable(name, in: node) ? name : nil
        }
    }
}
