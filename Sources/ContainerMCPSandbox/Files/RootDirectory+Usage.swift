// SPDX-License-Identifier: Apache-2.0

import CContainerMCPLinux
import Glibc

extension RootDirectory {
    /// Counts everything the tree holds, for the quota.
    ///
    /// Without recursion, with two open folders at a time, whatever the depth. Sparse files count with their
    /// length, every name of a hard link counts, unfinished and hidden files count, names that aren't UTF-8
    /// count. A folder whose owner took away its own permissions gets them back. The way up is checked at
    /// each step, so a folder that is moved meanwhile can't lead the count astray.
    ///
    /// - Parameters:
    ///   - bytes: The count ends when it passes this many bytes.
    ///   - names: The count ends when it passes this many names.
    ///   - deadline: The count ends then.
    /// - Returns: What was counted; `isCut` if it ended early.
    /// - Throws: ``FileFailure`` if the root itself can't be read.
    public func usage(
        stopAtBytes bytes: Int64 = .max,
        stopAtNames names: Int = .max,
        deadline: ContinuousClock.Instant? = nil
    ) throws(FileFailure) -> RootUsage {
        var count = UsageCount(root: self, bytes: bytes, names: names, deadline: deadline)
        try count.run()
        return count.usage
    }
}
