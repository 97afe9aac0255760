// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox

extension WatchTree {
    enum Arming {
        /// The kernel watches the folder.
        case armed
        /// There is no such folder, or what is there is a link or something else.
        case missing
        /// There is no watch, memory or descriptor left.
        case exhausted
    }

    /// Asks the kernel to watch the folder of a node; also to give it the events that are wanted now.
    mutating func arm(_ number: Int) -> Arming {
        guard let node = nodes[number], let root = roots[node.tree] else { return .missing }
        if let parent = node.parent, nodes[parent]?.watch == nil { return .missing }
        let mask = node.files.isEmpty ? Inotify.names : Inotify.names | Inotify.contents
        do throws(FileFailure) {
            let watch = try root.watch(node.components, with: inotify.descriptor, mask: mask)
            if node.watch != watch { disarm(number) }
            // A folder that was moved here meanwhile may still be known by its old name; that name's event will come.
            byWatch[watch] = number
            nodes[number]?.watch = watch
            return .armed
        } catch {
            disarm(number)
            switch error {
            case .noSpace, .other: return .exhausted
            default: return .missing
            }
        }
    }

    /// Takes the kernel's watch from a node.
    mutating func disarm(_ number: Int) {
        guard let watch = nodes[number]?.watch else { return }
        nodes[number]?.watch = nil
        // The same folder may have become another node's.
        guard byWatch[watch] == number else { return }
        byWatch[watch] = nil
        inotify.remove(watch)
    }

    /// Arms a node and those above it, as far down as there are folders; false if it can't be watched.
    mutating func armChain(to number: Int) -> Bool {
        var chain: [Int] = []
        var next: Int? = number
        while let current = next {
            chain.append(current)
            next = nodes[current]?.parent
        }
        for (depth, current) in chain.reversed().enumerated() {
            // The last one is armed again, because its events may be others now.
            if nodes[current]?.watch != nil, current != number { continue }
            switch arm(current) {
            case .armed: break
            case .missing: return depth > 0
            case .exhausted: return false
            }
        }
        return true
    }

    /// Arms what a name may stand for anew, with all below it.
    ///
    /// - Returns: The URIs below, which may all have changed.
    mutating func resync(_ number: Int) -> Set<String> {
        var changed: Set<String> = []
        let all = subtree(of: number)
        for current in all { disarm(current) }
        for current in all {
            if arm(current) == .exhausted { isStarved = true }
            for uris in nodes[current]?.files.values ?? [:].values { changed.formUnion(uris) }
        }
        guard let top = nodes[number], top.isListed else { return changed }
        for current in all.reversed() { unlist(current) }
        if let again = makeNode(top.tree, top.components) { scan([again]) }
        return changed
    }

    /// Takes events in, follows what they say about folders, and tells what they mean.
    mutating func take(_ events: [InotifyEvent]) -> WatchNews {
        var news = WatchNews()
        var dirty: Set<Int> = []
        var fresh: Set<Int> = []
        var adopted: Set<Int> = []
        for event in events {
            if event.isOverflow {
                // Nobody knows what was lost, so everything may have changed.
                return everything()
            }
            guard let number = byWatch[event.watch], let node = nodes[number] else { continue }
            if event.isIgnored {
                byWatch[event.watch] = nil
                nodes[number]?.watch = nil
                continue
            }
            // A name that is not UTF-8 is none that anyone could watch.
            guard let name = String(validating: event.name, as: UTF8.self) else { continue }
            if let uris = node.files[name] { news.uris.formUnion(uris) }
            guard event.changesNames else { continue }
            if let child = node.children[name] { dirty.insert(child) }
            guard node.isListed, isListable(name, in: node) else { continue }
            if event.isFolder {
                if event.appears {
                    if let child = node.children[name] {
                        // Watched for a file before the list knew it.
                        if nodes[child]?.isListed != true { adopted.insert(child) }
                    } else {
                        place(name, in: node, &fresh)
                    }
                }
                news.changesList = true
            } else if SandboxPath.hasAllowedEnding(name, endings) {
                news.changesList = true
            }
        }
        for number in dirty.subtracting(fresh) where !hasAncestor(number, in: dirty) {
            news.uris.formUnion(resync(number))
        }
        scan(fresh.union(adopted).filter { nodes[$0] != nil })
        return news
    }

    private mutating func place(_ name: String, in node: WatchNode, _ fresh: inout Set<Int>) {
        guard listedCount + fresh.count < Self.maximumListed,
            node.components.count < Self.maximumLevels,
            let child = makeNode(node.tree, node.components + [name])
        else {
            listedAtCut = listedCount
            return
        }
        fresh.insert(child)
    }

    /// Tries again to watch what could not be watched for want of room.
    mutating func repair() -> WatchNews {
        var news = WatchNews()
        if isStarved {
            isStarved = false
            for number in tops.values.flatMap({ subtree(of: $0) }) where nodes[number]?.watch == nil {
                switch arm(number) {
                case .missing: break
                case .exhausted: isStarved = true
                case .armed:
                    for uris in nodes[number]?.files.values ?? [:].values { news.uris.formUnion(uris) }
                }
            }
        }
        if listUsers > 0, listedCount < listedAtCut ?? 0 || !isStarved {
            let before = listedCount
            listedAtCut = nil
            scan(roots.keys.compactMap { makeNode($0, []) })
            // What is in the folders that were added may have changed before they were watched.
            news.changesList = listedCount > before
        }
        return news
    }

    private mutating func everything() -> WatchNews {
        var news = WatchNews(changesList: listUsers > 0)
        news.uris = Set(uris.keys)
        for top in tops.values { _ = resync(top) }
        return news
    }

    private func hasAncestor(_ number: Int, in set: Set<Int>) -> Bool {
        var next = nodes[number]?.parent
        while let current = next {
            if set.contains(current) { return true }
            next = nodes[current]?.parent
        }
        return false
    }
}
