// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc

/// The sight of a server that is root, and whose children are somebody else, into what those hold (/proc/PID/fd, proc(5)).
///
/// Containers rarely leave their root the capability to look into any process (CAP_SYS_PTRACE), but a thread may always
/// look with the eyes of the user that its children are.
enum ChildSight {
    /// Whether this process is root without that capability.
    private static let isNeeded: Bool = {
        guard geteuid() == 0, let status = HostPath.read("/proc/thread-self/status", limit: 16_384) else {
            return false
        }
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first {
            $0.hasPrefix("CapEff:")
        }
        let capabilities = line.flatMap { UInt64($0.dropFirst(7).trimmed, radix: 16) } ?? 0
        let trace: UInt64 = 1 << 19
        return capabilities & trace == 0
    }()

    /// Does what looks into processes of calls.
    ///
    /// - Parameters:
    ///   - child: Who those processes are.
    ///   - look: The look; it blocks, and stays on the thread.
    /// - Returns: What was seen.
    static func with<Value>(_ child: ChildIdentity, _ look: () -> Value) -> Value {
        guard child.differs, isNeeded, cmcp_look_as(child.user, child.group) == 0 else { return look() }
        defer {
            // Only want of memory keeps it from being itself again, and it must not go on as somebody else.
            while cmcp_look_as(geteuid(), getegid()) != 0 { usleep(1_000) }
        }
        return look()
    }
}
