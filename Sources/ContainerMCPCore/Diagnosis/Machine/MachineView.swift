// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The ways in which a machine is looked at; tests put a made-up machine in their place.
struct MachineView: Sendable {
    /// The text of a file of the kernel or of the system, whole and at most 1 MiB; nil where it can't be had.
    var text: @Sendable (_ path: String) -> String?
    /// Whether something is there.
    var exists: @Sendable (_ path: String) -> Bool
    /// Whether the server may write there.
    var isWritable: @Sendable (_ path: String) -> Bool
    /// A variable of the server's own environment.
    var variable: @Sendable (_ name: String) -> String?
    /// What statvfs(3) says about a folder; nil where it is not there.
    var space: @Sendable (_ path: String) -> Space?

    /// What a file system has left.
    struct Space: Sendable, Equatable {
        var freeBytes: Int64?
        var freeNames: Int64?
        var isNoexec: Bool
    }

    /// This machine.
    static let real = MachineView(
        text: { path in
            // What can't be read is not known, which is all that matters here.
            guard let file = try? HostFile.read(path, atMost: 1 << 20) else { return nil }
            return String(decoding: file.bytes, as: UTF8.self)
        },
        exists: { unsafe access($0, F_OK) == 0 },
        isWritable: { unsafe access($0, W_OK) == 0 },
        variable: { name in unsafe getenv(name).map { unsafe String(cString: $0) } },
        space: { path in
            var info = statvfs()
            guard unsafe statvfs(path, &info) == 0 else { return nil }
            let (bytes, isTooLarge) = UInt64(info.f_bavail).multipliedReportingOverflow(
                by: UInt64(info.f_frsize)
            )
            return Space(
                freeBytes: isTooLarge ? .max : Int64(clamping: bytes),
                freeNames: info.f_files == 0 ? nil : Int64(clamping: info.f_favail),
                isNoexec: info.f_flag & 8 != 0
            )
        }
    )

    /// The first line of a small file, without blanks at its ends; nil where it can't be read or is empty.
    func line(_ path: String) -> String? {
        guard let first = text(path)?.split(whereSeparator: \.isNewline).first else { return nil }
        let words = first.split(separator: " ", omittingEmptySubsequences: true)
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    /// The number in a file of one line.
    func number(_ path: String) -> Int? { line(path).flatMap { Int($0) } }
}
