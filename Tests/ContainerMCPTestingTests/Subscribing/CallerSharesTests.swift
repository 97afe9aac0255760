// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import ContainerMCPCore

@Suite struct CallerSharesTests {
    @Test func `a caller has its share, all have theirs, and what is given back is free again`() {
        let taken = Mutex<[Int]>([])
        let shares = CallerShares(perCaller: 2, inAll: 3) { count in taken.withLock { $0.append(count) } }
        #expect(shares.begin(for: "a") && shares.begin(for: "a"))
        #expect(!shares.begin(for: "a"))
        #expect(shares.begin(for: "b"))
        #expect(!shares.begin(for: "c"))
        shares.end(for: "a")
        #expect(shares.begin(for: "c"))
        #expect(!shares.begin(for: "a"))
        // Refusals change nothing.
        #expect(taken.withLock { $0 } == [1, 2, 3, 2, 3])
    }
}
