// SPDX-License-Identifier: Apache-2.0

/// What control groups do for calls here, as the report tells it.
struct Grouping: Sendable {
    /// Whether the groups are there and limit something.
    let status: EnforcementReport.Status
    /// Who bounds the memory of a call as a whole.
    let memoryStatus: EnforcementReport.Status
    /// Whether the kernel bounds the processes of each call by its group.
    let limitsProcesses: Bool

    /// Tells of groups that were seen to work, or why there are none.
    init(_ groups: Result<GroupTree, GroupPlace.Absence>) {
        let watched = "a watcher sums it every 50 ms"
        switch groups {
        case .failure(let absence):
            status = .unavailable(reason: absence.reason)
            memoryStatus = .partial(missing: "no control group: \(watched)")
            limitsProcesses = false
        case .success(let tree):
            let missing = GroupTree.wanted.filter { !tree.controllers.contains($0) }.joined(separator: ", ")
            status =
                missing.isEmpty
                ? .enforced : .partial(missing: "controllers that are not delegated: \(missing)")
            let limitsMemory = tree.controllers.contains("memory")
            memoryStatus = limitsMemory ? .enforced : .partial(missing: "no memory controller: \(watched)")
            limitsProcesses = tree.controllers.contains("pids")
        }
    }
}
