// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What this process uses.
///
/// Nil is what `/proc` does not tell here.
///
/// Source: Prometheus, "Writing client libraries", standard and runtime collectors; proc_pid_stat(5).
struct ProcessReading: Sendable, Equatable {
    /// One metric of the process.
    struct Metric: Sendable {
        let name: String
        let kind: MetricKind
        let description: String
        let value: any KeyPath<ProcessReading, Double?> & Sendable
    }

    /// When it started, in seconds since 1970-01-01T00:00:00Z.
    var startSeconds: Double?
    /// Time on processors, of the user and of the kernel, in seconds.
    var processorSeconds: Double?
    /// Memory that is resident, in bytes.
    var residentBytes: Double?
    /// Address space, in bytes.
    var virtualBytes: Double?
    /// Open descriptors.
    var openDescriptors: Double?
    /// How many descriptors may be open.
    var maximumDescriptors: Double?

    /// All of them.
    static let metrics = [
        Metric(
            name: "process_cpu_seconds_total",
            kind: .counter,
            description: "Processor time of the server itself, user and kernel, in seconds.",
            value: \.processorSeconds
        ),
        Metric(
            name: "process_max_fds",
            kind: .gauge,
            description: "How many descriptors the server may have open.",
            value: \.maximumDescriptors
        ),
        Metric(
            name: "process_open_fds",
            kind: .gauge,
            description: "How many descriptors the server has open.",
            value: \.openDescriptors
        ),
        Metric(
            name: "process_resident_memory_bytes",
            kind: .gauge,
            description: "Resident memory of the server itself, in bytes.",
            value: \.residentBytes
        ),
        Metric(
            name: "process_start_time_seconds",
            kind: .gauge,
            description: "When the server started, in seconds since 1970-01-01T00:00:00Z.",
            value: \.startSeconds
        ),
        Metric(
            name: "process_virtual_memory_bytes",
            kind: .gauge,
            description: "Address space of the server itself, in bytes.",
            value: \.virtualBytes
        ),
    ]

    /// Reads `/proc/self`.
    ///
    /// - Parameter start: What ``startTime()`` said.
    /// - Returns: What is known.
    static func now(start: Double?) -> ProcessReading {
        var reading = statistics().map { ProcessReading(statistics: $0) } ?? ProcessReading()
        reading.startSeconds = start
        reading.openDescriptors = descriptorCount().map { Double($0) }
        var limit = rlimit()
        if unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            reading.maximumDescriptors = limit.rlim_cur == .max ? .infinity : Double(limit.rlim_cur)
        }
        return reading
    }

    /// When this process started, in seconds since 1970-01-01T00:00:00Z.
    ///
    /// It moves with the wall clock, so it is to be asked for once.
    static func startTime() -> Double? {
        guard let statistics = statistics(), let ticks = field(22, of: statistics) else { return nil }
        var now = timespec()
        var sinceBoot = timespec()
        guard unsafe clock_gettime(CLOCK_REALTIME, &now) == 0,
            unsafe clock_gettime(CLOCK_BOOTTIME, &sinceBoot) == 0
        else { return nil }
        let boot = seconds(now) - seconds(sinceBoot)
        return ((boot + ticks / ticksPerSecond) * 100).rounded() / 100
    }

    init() {}

    /// Takes what `/proc/self/stat` says.
    init(statistics: [UInt8]) {
        let user = Self.field(14, of: statistics)
        let kernel = Self.field(15, of: statistics)
        if let user, let kernel { processorSeconds = (user + kernel) / Self.ticksPerSecond }
        virtualBytes = Self.field(23, of: statistics)
        let pageBytes = Double(max(1, sysconf(Int32(_SC_PAGESIZE))))
        residentBytes = Self.field(24, of: statistics).map { $0 * pageBytes }
    }

    /// One field of `/proc/self/stat` after the name, which is in parentheses and may hold anything.
    ///
    /// - Parameters:
    ///   - number: As the manual page counts, from 3 on.
    ///   - statistics: The file.
    /// - Returns: Nil where it is no number or below zero.
    static func field(_ number: Int, of statistics: [UInt8]) -> Double? {
        guard let end = statistics.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = statistics[(end + 1)...].split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        let index = number - 3
        guard fields.indices.contains(index) else { return nil }
        return UInt64(String(decoding: fields[index], as: UTF8.self)).map { Double($0) }
    }

    private static var ticksPerSecond: Double { Double(max(1, sysconf(Int32(_SC_CLK_TCK)))) }

    private static func seconds(_ time: timespec) -> Double {
        Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }

    private static func statistics() -> [UInt8]? {
        let descriptor = unsafe open("/proc/self/stat", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe read(descriptor, bytes.baseAddress, bytes.count)
        }
        return count > 0 ? Array(buffer.prefix(count)) : nil
    }

    private static func descriptorCount() -> Int? {
        guard let folder = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(folder) }
        var count = 0
        while count < 1 << 20, unsafe readdir(folder) != nil { count += 1 }
        // The folder itself is open, and names itself and the one above it.
        return count >= 3 ? count - 3 : nil
    }
}
