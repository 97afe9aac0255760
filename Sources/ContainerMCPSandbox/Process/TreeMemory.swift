// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Adds up the memory of all processes below one, from /proc (proc(5)).
enum TreeMemory {
    /// Every process below `root`, without it.
    ///
    /// At most 4,096.
    static func descendants(of root: Int32) -> [Int32] {
        var found: [Int32] = []
        var pending = [root]
        while let process = pending.popLast(), found.count < 4096 {
            for thread in HostPath.names(in: "/proc/\(process)/task") {
                guard let text = HostPath.read("/proc/\(process)/task/\(thread)/children", limit: 65_536)
                else { continue }
                let children = String(decoding: text, as: UTF8.self).split(separator: " ").compactMap {
                    Int32($0)
                }
                found += children
                pending += children
            }
        }
        return found
    }

    /// The bytes of memory that the processes below `root` hold together.
    ///
    /// Resident sets count shared pages once for each process; only when their sum is over the limit are the
    /// proportional sets, which are slower to read, asked for.
    static func bytes(below root: Int32, limit: Int) -> Int {
        let processes = descendants(of: root)
        let resident = processes.reduce(0) { $0 + residentBytes($1) }
        guard resident > limit else { return resident }
        return processes.reduce(0) { $0 + (proportionalBytes($1) ?? residentBytes($1)) }
    }

    private static func residentBytes(_ process: Int32) -> Int {
        guard let text = HostPath.read("/proc/\(process)/statm", limit: 256) else { return 0 }
        let fields = String(decoding: text, as: UTF8.self).split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func proportionalBytes(_ process: Int32) -> Int? {
        guard let text = HostPath.read("/proc/\(process)/smaps_rollup", limit: 4096) else { return nil }
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") where line.hasPrefix("Pss:")
        {
            let number = line.dropFirst(4).trimmed.split(separator: " ").first.flatMap { Int($0) }
            return number.map { $0 * 1024 }
        }
        return nil
    }
}
