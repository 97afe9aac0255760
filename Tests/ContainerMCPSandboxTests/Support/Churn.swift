// SPDX-License-Identifier: Apache-2.0

import Glibc

@testable import ContainerMCPSandbox

/// Processes outside of every sandbox that come and go without a pause, as the user whom children are.
struct Churn: Sendable {
    private let identity: ChildIdentity

    init(workspace: String) {
        identity = ChildIdentity(workspace: workspace)
    }

    /// Starts one after the other.
    ///
    /// - Returns: How many there were, and how many of them a signal ended.
    func run(until isOver: @Sendable () -> Bool) async -> (count: Int, killed: Int) {
        var count = 0
        var killed = 0
        while !isOver() {
            guard let process = try? Outsider.start(["/bin/true"], as: identity) else { continue }
            var status: Int32 = 0
            unsafe waitpid(process, &status, 0)
            count += 1
            if status & 0x7f != 0 { killed += 1 }
            await Task.yield()
        }
        return (count, killed)
    }
}
