// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import NIOCore
import Synchronization
import Testing

@Suite struct ConnectionTableTests {
    private final class Closed: Sendable {
        let names = Mutex<[String]>([])

        func closer(_ name: String) -> @Sendable () -> Void {
            { self.names.withLock { $0.append(name) } }
        }
    }

    private static func at(_ seconds: Int64) -> NIODeadline {
        .uptimeNanoseconds(1_000_000_000) + .seconds(seconds)
    }

    @Test func `a full table gives up the connection that has gone longest without a complete request`()
        throws
    {
        let table = ConnectionTable(limit: 3)
        let closed = Closed()
        let first = try #require(table.add(now: Self.at(0), close: closed.closer("first")))
        let second = try #require(table.add(now: Self.at(1), close: closed.closer("second")))
        _ = try #require(table.add(now: Self.at(2), close: closed.closer("third")))
        table.beganAnswer(first)
        table.endedAnswer(first, now: Self.at(9))
        table.beganAnswer(second)
        #expect(table.add(now: Self.at(10), close: closed.closer("fourth")) != nil)
        #expect(closed.names.withLock { $0 } == ["third"])
        #expect(table.count == 3)
    }

    @Test func `a table full of busy connections takes no more`() throws {
        let table = ConnectionTable(limit: 1)
        let closed = Closed()
        let first = try #require(table.add(now: Self.at(0), close: closed.closer("first")))
        table.beganAnswer(first)
        #expect(table.add(now: Self.at(1), close: closed.closer("second")) == nil)
        #expect(closed.names.withLock { $0 } == [])
        table.remove(first)
        #expect(table.add(now: Self.at(2), close: closed.closer("third")) != nil)
    }

    @Test func `a closed table closes all and takes no more`() {
        let table = ConnectionTable(limit: 2)
        let closed = Closed()
        _ = table.add(now: Self.at(0), close: closed.closer("first"))
        table.closeAll()
        #expect(closed.names.withLock { $0 } == ["first"])
        #expect(table.add(now: Self.at(1), close: closed.closer("second")) == nil)
    }

    @Test func `bytes that are not left can't be reserved`() {
        let budget = ByteBudget(limit: 10)
        #expect(budget.reserve(6))
        #expect(!budget.reserve(5))
        #expect(budget.reserve(4))
        budget.release(10)
        #expect(budget.taken == 0)
        #expect(!budget.reserve(11))
    }
}
