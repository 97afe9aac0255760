// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Adds up the memory of all processes below one, from /proc (proc(5)).
enum TreeMemory {
    /// What one local socket can hold for its process: its own send buffer, and that of a peer which is closed.
    private static let socketBytes = 512 << 10
    /// So many open descriptors are looked at; more than the limits on processes and files allow.
    private static let descriptorLimit = 32_768

    /// Every process below one, without it.
    ///
    /// At most 4,096.
    static func descendants(of root: Int32) -> [Int32] {
        tree(below: root).processes
    }

    /// Every process below one, without it, and how many threads they have together.
    ///
    /// At most 4,096.
    static func tree(below root: Int32) -> (processes: [Int32], threads: Int) {
        var found: [Int32] = []
        var threads = 0
        var pending = [root]
        while let process = pending.popLast(), found.count < 4096 {
            let names = HostPath.names(in: "/proc/\(process)/task")
            threads += process == root ? 0 : names.count
            for thread in names {
                guard let text = HostPath.read("/proc/\(process)/task/\(thread)/children", limit: 65_536)
                else { continue }
                let children = String(decoding: text, as: UTF8.self).split(separator: " ").compactMap {
                    Int32($0)
                }
                found += children
                pending += children
            }
        }
        return (found, threads)
    }

    /// The bytes of memory that processes hold together.
    ///
    /// Resident sets count shared pages once for each process; only when their sum is over the limit are the
    /// proportional sets, which are slower to read, asked for.
    ///
    /// - Parameters:
    ///   - processes: All of a call.
    ///   - limit: What they may hold.
    ///   - countsSockets: Whether sockets are counted as well, each with the most it can hold; that is slower where
    ///     many descriptors are open.
    /// - Returns: The bytes.
    static func bytes(of processes: [Int32], limit: Int, countsSockets: Bool) -> Int {
        var held = processes.reduce(0) { $0 + residentBytes($1) }
        if held > limit {
            held = processes.reduce(0) { $0 + (proportionalBytes($1) ?? residentBytes($1)) }
        }
        guard countsSockets, held <= limit else { return held }
        return held + socketCount(of: processes, worthCounting: (limit - held) / socketBytes) * socketBytes
    }

    private static func residentBytes(_ process: Int32) -> Int {
        let bytes = residentBytes(at: "/proc/\(process)")
        guard bytes == 0 else { return bytes }
        // A process whose first thread has ended shows no memory of its own; its other threads do.
        for thread in HostPath.names(in: "/proc/\(process)/task") {
            let bytes = residentBytes(at: "/proc/\(process)/task/\(thread)")
            guard bytes == 0 else { return bytes }
        }
        return 0
    }

    private static func residentBytes(at folder: String) -> Int {
        guard let text = HostPath.read(folder + "/statm", limit: 256) else { return 0 }
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

    /// How many different sockets the processes have open; 0 where they can't have more than `worthCounting`.
    private static func socketCount(of processes: [Int32], worthCounting: Int) -> Int {
        var open = 0
        for process in processes {
            // Every thread is asked: one may have a table of its own, and a first thread that has ended has none.
            for thread in HostPath.names(in: "/proc/\(process)/task") where open <= worthCounting {
                var info = stat()
                guard unsafe stat("/proc/\(process)/task/\(thread)/fd", &info) == 0 else { continue }
                // Before Linux 6.2 the folder does not tell how many there are.
                open += info.st_size > 0 ? Int(info.st_size) : worthCounting + 1
            }
        }
        guard open > worthCounting else { return 0 }
        var sockets: Set<UInt64> = []
        forEachDescriptor(of: processes) { info, _ in
            if info.st_mode & S_IFMT == S_IFSOCK { sockets.insert(UInt64(info.st_ino)) }
        }
        return sockets.count
    }

    /// Gives each open descriptor of the processes, with its path below /proc, to the body; some more than once.
    ///
    /// Every thread is asked: one may have a table of its own, and a first thread that has ended has none.
    static func forEachDescriptor(of processes: [Int32], _ body: (stat, String) -> Void) {
        var left = descriptorLimit
        for process in processes {
            for thread in HostPath.names(in: "/proc/\(process)/task") {
                let folder = "/proc/\(process)/task/\(thread)/fd"
                for name in HostPath.names(in: folder) {
                    guard left > 0 else { return }
                    left -= 1
                    var info = stat()
                    if unsafe stat("\(folder)/\(name)", &info) == 0 { body(info, "\(folder)/\(name)") }
                }
            }
        }
    }
}
