// SPDX-License-Identifier: Apache-2.0

import Glibc

@testable import ContainerMCPSandbox

/// Looks at the machine's processes from outside the sandbox.
enum ProcessTable {
    /// How many processes have an argument that is exactly this text.
    static func count(withArgument text: String) -> Int {
        HostPath.names(in: "/proc").filter { name in
            guard Int32(name) != nil, let bytes = HostPath.read("/proc/\(name)/cmdline", limit: 65_536) else {
                return false
            }
            return bytes.split(separator: 0).contains { String(decoding: $0, as: UTF8.self) == text }
        }.count
    }

    /// The processes above one, the nearest first.
    static func ancestors(of process: Int32) -> [Int32] {
        var found: [Int32] = []
        var current = process
        while found.count < 64, let parent = parent(of: current), parent > 0 {
            found.append(parent)
            current = parent
        }
        return found
    }

    /// The processes below this one that still run.
    static func descendants() -> Set<Int32> {
        Set(
            HostPath.names(in: "/proc").compactMap { Int32($0) }.filter {
                ancestors(of: $0).contains(getpid()) && !isZombie($0)
            }
        )
    }

    /// The launchers below this process, behind a wall or not.
    static func launchers() -> [Int32] {
        descendants().filter { process in
            let name = HostPath.read("/proc/\(process)/comm", limit: 64) ?? []
            return String(decoding: name, as: UTF8.self).hasPrefix("cmcp-launcher")
        }
    }

    /// Kills the launchers that this process started; the number of them.
    static func killLaunchers() -> Int {
        launchers().filter { kill($0, SIGKILL) == 0 }.count
    }

    private static func parent(of process: Int32) -> Int32? {
        field(1, of: process).flatMap { Int32($0) }
    }

    private static func isZombie(_ process: Int32) -> Bool {
        field(0, of: process) == "Z"
    }

    /// A field of /proc/PID/stat behind the name (proc(5)).
    private static func field(_ index: Int, of process: Int32) -> Substring? {
        guard let bytes = HostPath.read("/proc/\(process)/stat", limit: 1024) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[end...].dropFirst(2).split(separator: " ")
        return index < fields.count ? fields[index] : nil
    }
}
