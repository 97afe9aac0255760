// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Memory that many connections share.
final class ByteBudget: Sendable {
    private let limit: Int
    private let used = Mutex(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes bytes if they are left.
    func reserve(_ count: Int) -> Bool {
        used.withLock { used in
            guard count <= limit - used else { return false }
            used += count
            return true
        }
    }

    /// Gives bytes back.
    func release(_ count: Int) {
        used.withLock { $0 -= count }
    }

    /// How many bytes are taken.
    var taken: Int { used.withLock { $0 } }
}
