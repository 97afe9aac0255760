// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Looks at the machine's processes from outside the sandbox.
enum HostProcesses {
    /// The processes with a text somewhere in their command line.
    static func ids(withArgument text: String) -> [pid_t] {
        HostFolder.names(in: "/proc").compactMap { name in
            guard let pid = pid_t(name), pid != getpid(), let line = HostFolder.read("/proc/\(name)/cmdline"),
                line.contains(text)
            else { return nil }
            return pid
        }
    }

    /// The launcher above a process, told by its name.
    static func launcher(above process: pid_t) -> pid_t? {
        ancestor(of: process, named: "cmcp-launcher")
    }

    /// The nearest process above one whose name begins with a text.
    static func ancestor(of process: pid_t, named name: String) -> pid_t? {
        var current = process
        for _ in 0..<64 {
            guard let status = HostFolder.read("/proc/\(current)/status"),
                let line = status.split(separator: "\n").first(where: { $0.hasPrefix("PPid:") }),
                let parent = pid_t(line.dropFirst(5).filter(\.isNumber)), parent > 1
            else { return nil }
            current = parent
            if HostFolder.read("/proc/\(current)/comm")?.hasPrefix(name) == true { return current }
        }
        return nil
    }

    /// A field of /proc/self/status.
    static func ownStatus(_ field: String) -> String {
        let lines = HostFolder.read("/proc/self/status")?.split(separator: "\n") ?? []
        let line = lines.first { $0.hasPrefix(field + ":") }
        return line.map { String($0.dropFirst(field.count + 1).drop(while: \.isWhitespace)) } ?? ""
    }

    /// Whether this process has all of some capabilities (capabilities(7)).
    static func hasCapabilities(_ wanted: UInt64) -> Bool {
        (UInt64(ownStatus("CapEff"), radix: 16) ?? 0) & wanted == wanted
    }

    /// Whether a process exists and is no zombie.
    static func isAlive(_ process: pid_t) -> Bool {
        guard let text = HostFolder.read("/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else {
            return false
        }
        return !text[end...].dropFirst(2).hasPrefix("Z")
    }

    /// Open descriptors of this process.
    static func openDescriptors() -> Int {
        HostFolder.names(in: "/proc/self/fd").count
    }

    /// Resident memory of this process in bytes.
    static func residentBytes() -> Int {
        let fields = (HostFolder.read("/proc/self/statm") ?? "").split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
    }
}
