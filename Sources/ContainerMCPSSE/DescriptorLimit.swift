// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How many files and connections this process may have open.
enum DescriptorLimit {
    /// Raises the limit as far as the system lets it, because many systems start a program with 1,024.
    ///
    /// - Parameter count: How many are wanted.
    /// - Returns: How many there are now.
    static func raise(to count: Int) -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return count }
        let wanted = rlim_t(clamping: count)
        guard limit.rlim_cur < wanted else { return Int(clamping: limit.rlim_cur) }
        limit.rlim_cur = min(wanted, limit.rlim_max)
        guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return count }
        return Int(clamping: limit.rlim_cur)
    }
}
