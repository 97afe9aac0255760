// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Counts the processes of a user, where the kernel's limit counts them all together.
enum UserProcesses {
    /// The threads of every process that belongs to a user, as far as /proc shows them.
    ///
    /// RLIMIT_NPROC (setrlimit(2)) counts threads for the real user id. Without a user namespace a limit for one call
    /// has to be put on top of what runs already.
    static func count(of user: UInt32) -> Int {
        HostPath.names(in: "/proc").reduce(0) { total, name in
            var info = stat()
            guard name.utf8.first.map({ $0 >= 0x31 && $0 <= 0x39 }) == true,
                unsafe lstat("/proc/\(name)", &info) == 0, info.st_uid == user,
                let text = HostPath.read("/proc/\(name)/stat", limit: 1024),
                // The name in parentheses may hold anything; what follows the last one is fixed.
                let end = text.lastIndex(of: UInt8(ascii: ")"))
            else { return total }
            let fields = text[text.index(after: end)...].split(separator: UInt8(ascii: " "))
            guard fields.count > 17, let threads = Int(String(decoding: fields[17], as: UTF8.self)) else {
                return total + 1
            }
            return total + threads
        }
    }
}
