// SPDX-License-Identifier: Apache-2.0

/// The mounts that the server sees, from `/proc/self/mountinfo` (proc_pid_mountinfo(5)).
struct MountTable: Sendable, Equatable {
    /// One mount.
    struct Mount: Sendable, Equatable {
        /// Which folder of its file system is mounted.
        var root: String
        /// Where.
        var point: String
        /// The type of the file system.
        var type: String
    }

    /// The mounts, in the order of the kernel; at most 10,000.
    var mounts: [Mount]

    /// Reads the table; lines that are none are passed over.
    init(_ text: String) {
        mounts = text.split(whereSeparator: \.isNewline).prefix(10_000).compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 6, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else {
                return nil
            }
            return Mount(
                root: Self.unescaped(fields[3]),
                point: Self.unescaped(fields[4]),
                type: String(fields[dash + 1])
            )
        }
    }

    /// The type of the file system that a path lies on; nil where no mount is above it.
    func type(of path: String) -> String? {
        func holds(_ point: String) -> Bool {
            point == "/" || path == point || path.hasPrefix(point + "/")
        }
        var best: Mount?
        // Of two at the same place the later one lies on top.
        for mount in mounts where holds(mount.point) && mount.point.utf8.count >= best?.point.utf8.count ?? 0
        {
            best = mount
        }
        return best?.type
    }

    /// What is mounted over parts of `/proc`, so that no other `/proc` can be mounted; at most 20.
    var overProc: [String] {
        // binfmt_misc lies over an empty folder that the kernel keeps for it, which hides nothing.
        let mounts = mounts.filter {
            $0.point.hasPrefix("/proc/") && !$0.point.hasPrefix("/proc/sys/fs/binfmt_misc")
        }
        return Array(Set(mounts.map(\.point)).sorted().prefix(20))
    }

    /// Whether the root is the one that bubblewrap leaves.
    var hasBubblewrapRoot: Bool {
        mounts.last { $0.point == "/" }?.root == "/newroot"
    }

    /// Whether firejail made these mounts; what else it mounts stays behind on the host.
    var isFirejailed: Bool { mounts.contains { $0.point == "/run/firejail/mnt" } }

    /// Blanks, tabs, newlines and backslashes are written as three octal digits.
    private static func unescaped(_ text: Substring) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return String(text) }
        var bytes: [UInt8] = []
        let escaped = Array(text.utf8)
        var index = 0
        while index < escaped.count {
            let digits = escaped[(index + 1)...].prefix(3)
            if escaped[index] == UInt8(ascii: "\\"), digits.count == 3,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                bytes.append(value)
                index += 4
            } else {
                bytes.append(escaped[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
