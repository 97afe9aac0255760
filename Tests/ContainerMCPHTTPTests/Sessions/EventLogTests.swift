// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import Testing

@Suite struct EventLogTests {
    private static let start = ContinuousClock.now

    private static func log(events: Int = 3, bytes: Int = 100) -> EventLog {
        var limits = StreamLimits()
        (limits.events, limits.bytes, limits.unheardEvents, limits.unheardBytes) = (events, bytes, 2, 10)
        return EventLog(limits: limits)
    }

    private static func add(_ sizes: [Int], to log: inout EventLog) -> Int {
        sizes.reduce(0) {
            $0 + log.append([UInt8](repeating: 1, count: $1), at: start + .seconds(log.last), isCharged: true)
        }
    }

    @Test func `the oldest events go when there are too many, and their bytes are told`() {
        var log = Self.log()
        #expect(Self.add([1, 2, 3], to: &log) == 0)
        #expect(Self.add([4, 5], to: &log) == 3)
        #expect(log.events.map(\.number) == [3, 4, 5])
        #expect(log.chargedBytes == 12)
        #expect(log.last == 5)
    }

    @Test func `the oldest events go when they are too large, the last one never`() {
        var log = Self.log()
        #expect(Self.add([60, 60], to: &log) == 60)
        #expect(Self.add([5_000], to: &log) == 60)
        #expect(log.events.map(\.message.count) == [5_000])
        #expect(Self.add([1], to: &log) == 5_000)
    }

    @Test func `a place is gone on from, also where events are missing`() {
        var log = Self.log()
        _ = Self.add([1, 1], to: &log)
        log.skip()
        _ = Self.add([1], to: &log)
        #expect(log.next(after: 0)?.number == 1)
        #expect(log.next(after: 2)?.number == 4)
        #expect(log.next(after: 4) == nil)
        #expect(log.amount(after: 1) == EventLog.Amount(events: 2, bytes: 2))
        _ = Self.add([1], to: &log)
        #expect(log.next(after: 0)?.number == 2)
    }

    @Test func `what nobody has read is bounded apart, in number and in bytes`() {
        var log = Self.log()
        _ = Self.add([3, 3, 3], to: &log)
        #expect(log.trimUnheard(after: 2) == EventLog.Amount())
        #expect(log.trimUnheard(after: 0) == EventLog.Amount(events: 1, bytes: 3))
        #expect(log.trimUnheard(after: 0) == EventLog.Amount())
        _ = Self.add([9], to: &log)
        #expect(log.trimUnheard(after: 2) == EventLog.Amount(events: 1, bytes: 6))
        #expect(log.events.map(\.number) == [4])
        _ = Self.add([50], to: &log)
        #expect(log.trimUnheard(after: 0).events == 1)
        #expect(log.events.map(\.number) == [5], "the last one stays, however large")
    }

    @Test func `old events go only up to a number`() {
        var log = Self.log()
        _ = Self.add([1, 1, 1], to: &log)
        #expect(log.removeOld(upTo: 2, before: Self.start + .seconds(100)) == 2)
        #expect(log.removeOld(upTo: 3, before: Self.start + .seconds(2)) == 0)
        #expect(log.events.map(\.number) == [3])
    }

    @Test func `an event that was not charged gives nothing back`() {
        var log = Self.log()
        _ = log.append([1, 2, 3], at: Self.start, isCharged: false)
        #expect(log.chargedBytes == 0)
        log.remove(1)
        log.remove(1)
        #expect(log.events.isEmpty)
        _ = Self.add([7], to: &log)
        #expect(log.removeAll() == 7)
        #expect(log.events.isEmpty)
        #expect(log.last == 2)
    }
}
