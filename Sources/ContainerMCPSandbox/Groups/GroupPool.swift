// SPDX-License-Identifier: Apache-2.0

/// Groups for the calls of one launcher, used again and again: making one takes longer than all else that a call needs.
///
/// On the reactor's thread, save ``remove()``.
final class GroupPool {
    /// No more than a launcher has supervisors.
    private static let limit = 256
    /// So many wait to be used again.
    private static let spare = 16

    let tree: GroupTree
    private var free: [CallGroup] = []
    /// Groups whose last processes are still going away.
    private var draining: [(group: CallGroup, deadline: ContinuousClock.Instant)] = []
    private var count = 0
    private var next: UInt64 = 0

    init(tree: GroupTree) {
        self.tree = tree
    }

    /// An empty group.
    func take() throws(SandboxError) -> CallGroup {
        collect()
        if let group = free.popLast() { return group }
        guard count < Self.limit else {
            throw SandboxError(.exhausted, "there are \(count) control groups already")
        }
        next &+= 1
        let group = try CallGroup(path: "\(tree.path)/\(next)", controllers: tree.controllers)
        count += 1
        return group
    }

    /// Keeps a group for another call, once it is empty.
    ///
    /// Its processes are ended by now, or their init is; what is still there after a second is ended by the group.
    func give(back group: CallGroup) {
        draining.append((group, ContinuousClock.now.advanced(by: .seconds(1))))
        collect()
    }

    private func collect() {
        draining.removeAll { group, deadline in
            guard group.isEmpty else {
                if ContinuousClock.now > deadline { group.kill() }
                return false
            }
            if free.count < Self.spare, group.isReusable {
                free.append(group)
                return true
            }
            guard group.remove() else { return false }
            count -= 1
            return true
        }
    }

    /// Ends and removes all of them, once the launcher is gone.
    func remove() {
        tree.remove()
    }
}
