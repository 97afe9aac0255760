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

    /// Kills the launcher above a process that has this argument, once there is one; other suites have launchers, too.
    static func killLauncher(aboveArgument text: String) async -> Bool {
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        while ContinuousClock.now < deadline {
            var current = ids(withArgument: text).first ?? 0
            for _ in 0..<64 where current > 1 {
                let name = HostPath.read("/proc/\(current)/comm", limit: 64) ?? []
                if String(decoding: name, as: UTF8.self).hasPrefix("cmcp-launcher") {
                    return kill(current, SIGKILL) == 0
                }
                current = parent(of: current)
            }
            await Task.yield()
        }
        return false
    }

    private static func parent(of process: Int32) -> Int32 {
        let text = String(decoding: HostPath.read("/proc/\(process)/stat", limit: 1024) ?? [], as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return 0 }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 1 ? Int32(fields[1]) ?? 0 : 0
    }
}
