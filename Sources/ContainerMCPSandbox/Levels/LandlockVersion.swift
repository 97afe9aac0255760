// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux

/// What versions of Landlock hold (landlock(7)).
public enum LandlockVersion {
    /// The ABI of the running kernel; 0 without Landlock, and where a filter of system calls hides it.
    public static var running: Int { max(0, Int(cmcp_landlock_abi())) }

    /// What an ABI does not hold back yet and a newer one does, in plain words; empty from 6 on.
    ///
    /// - Parameter abi: 1 or more; below that nothing is held back.
    /// - Returns: One entry for each missing right.
    public static func missing(in abi: Int) -> [String] {
        let rights: [(since: Int, what: String)] = [
            (2, "moving files between folders"), (3, "truncation"), (4, "TCP"), (5, "device controls"),
            (6, "abstract sockets and signals"),
        ]
        return rights.filter { $0.since > abi }.map(\.what)
    }
}
