// SPDX-License-Identifier: Apache-2.0

import Glibc

@testable import ContainerMCPSandbox

/// Looks at the machine's processes from outside the sandbox.
enum ProcessTable {
    /// How many processes have an argument that is exactly this text.
    static func count(withArgument text: String) -> Int { ids(withArgument: text).count }

    /// The processes that have an argument that is exactly this text.
    static func ids(withArgument text: String) -> [Int32] {
        HostPath.names(in: "/proc").compactMap { name in
            guard let process = Int32(name),
                let bytes = HostPath.read("/proc/\(name)/cmdline", limit: 65_536),
                bytes.split(separator: 0).contains(where: { String(decoding: $0, as: UTF8.self) == text })
            else { return nil }
            return process
        }
    }

    /// Kills the launchers that this process started; the number of them.
    static func killLaunchers() -> Int {
        let children = HostPath.names(in: "/proc/self/task").flatMap { thread in
            let text = HostPath.read("/proc/self/task/\(thread)/children", limit: 4096) ?? []
            return String(decoding: text, as: UTF8.self).split(separator: " ").compactMap { Int32($0) }
        }
        return children.filter { child in
            let name = HostPath.read("/proc/\(child)/comm", limit: 64) ?? []
            guard String(decoding: name, as: UTF8.self).hasPrefix("cmcp-launcher") else { return false }
            return kill(child, SIGKILL) == 0
        }.count
    }
}
