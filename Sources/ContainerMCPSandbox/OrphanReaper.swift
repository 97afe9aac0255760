// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc

/// What process 1 of a container owes the others: processes that lost their parent become its children, and stay in the
/// process table until it asks how they ended.
public enum OrphanReaper {
    /// Where this process is process 1, starts a thread that reaps what nobody else waits for; else does nothing.
    ///
    /// For one call in a process. A child that this process started itself is left a second for whoever waits for it;
    /// later the other only learns that there is no such child any more. Without a thread dead processes stay, and
    /// nothing else is worse.
    ///
    /// - Returns: Whether it was started.
    @discardableResult public static func startAsProcessOne() -> Bool {
        guard getpid() == 1 else { return false }
        var thread = pthread_t()
        let error = unsafe pthread_create(&thread, nil, { _ in unsafe OrphanReaper.reap() }, nil)
        guard error == 0 else { return false }
        pthread_detach(thread)
        return true
    }

    private static func reap() -> UnsafeMutableRawPointer? {
        cmcp_block_signals()
        while true {
            let dead = cmcp_await_dead_child()
            // Also where there is no child at all: the next one comes without notice.
            sleep(1)
            guard dead > 0 else { continue }
            var status: Int32 = 0
            _ = unsafe cmcp_reap(dead, &status)
        }
    }
}
