// SPDX-License-Identifier: Apache-2.0

import Glibc

@testable import ContainerMCPSandbox

/// Looks at the machine's processes from outside the sandbox.
enum ProcessTable {
    /// How many processes have an argument that is exactly this text.
    static func count(withArgument text: String) -> Int { ids(withArgument: text).count }

    /// The processes that have an argument that is exactly this text.
    static func ids(withArgument text: String) -> [Int32] {
        HostPath.names(in: "/proc").compactMap { Int32($0) }.filter { hasArgument($0, text) }
    }

    private static func hasArgument(_ process: Int32, _ text: String) -> Bool {
        guard let bytes = HostPath.read("/proc/\(process)/cmdline", limit: 65_536) else { return false }
        return bytes.split(separator: 0).contains { String(decoding: $0, as: UTF8.self) == text }
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

    /// The processes below one that still run.
    static func descendants(of process: Int32) -> Set<Int32> {
        Set(
            HostPath.names(in: "/proc").compactMap { Int32($0) }.filter {
                isAlive($0) && ancestors(of: $0).contains(process)
            }
        )
    }

    /// Whether a process exists and is no zombie.
    static func isAlive(_ process: Int32) -> Bool {
        field(0, of: process).map { $0 != "Z" } ?? false
    }

    /// The launcher above the one process that has an argument with exactly this text, behind a wall or not.
    static func launcher(aboveArgument text: String) -> Int32? {
        let found = HostPath.names(in: "/proc").compactMap { Int32($0) }.first { hasArgument($0, text) }
        return found.map(ancestors)?.first { process in
            let name = HostPath.read("/proc/\(process)/comm", limit: 64) ?? []
            return String(decoding: name, as: UTF8.self).hasPrefix("cmcp-launcher")
        }
    }

    private static func parent(of process: Int32) -> Int32? {
        field(1, of: process).flatMap { Int32($0) }
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
