// SPDX-License-Identifier: Apache-2.0

/// The last events of one stream, so many and so large.
///
/// The last one is always there, whole: it may be the answer.
struct EventLog: Sendable {
    struct Event: Sendable, Equatable {
        let number: UInt64
        let message: [UInt8]
        let time: ContinuousClock.Instant
        /// Whether its bytes were taken from the budget.
        let isCharged: Bool
    }

    /// How much something is.
    struct Amount: Sendable, Equatable {
        var events = 0
        var bytes = 0
    }

    private(set) var events: [Event] = []
    /// The number of the last event that was ever added, 0 before the first.
    private(set) var last: UInt64 = 0
    private var bytes = 0
    private let limits: StreamLimits

    init(limits: StreamLimits = StreamLimits()) {
        self.limits = limits
    }

    /// The bytes of the events that were taken from the budget.
    var chargedBytes: Int { events.reduce(0) { $0 + ($1.isCharged ? $1.message.count : 0) } }

    /// Adds an event; the oldest ones make room.
    ///
    /// - Returns: How many bytes go back to the budget.
    mutating func append(_ message: [UInt8], at time: ContinuousClock.Instant, isCharged: Bool) -> Int {
        last &+= 1
        events.append(Event(number: last, message: message, time: time, isCharged: isCharged))
        bytes += message.count
        var freed = 0
        while events.count > 1, events.count > limits.events || bytes > limits.bytes {
            let event = removeFirst()
            if event.isCharged { freed += event.message.count }
        }
        return freed
    }

    /// Counts an event that is not kept.
    mutating func skip() {
        last &+= 1
    }

    /// The first event after a place that is still there.
    func next(after number: UInt64) -> Event? {
        events.first { $0.number > number }
    }

    /// How much there is after a place.
    func amount(after number: UInt64) -> Amount {
        events.reversed().prefix { $0.number > number }
            .reduce(into: Amount()) { amount, event in
                amount.events += 1
                amount.bytes += event.message.count
            }
    }

    /// Drops the oldest events until what follows a place is within the limits of what nobody has read.
    ///
    /// - Returns: How many of those after the place are gone, and how many bytes go back to the budget.
    mutating func trimUnheard(after number: UInt64) -> Amount {
        var unheard = amount(after: number)
        var lost = Amount()
        while unheard.events > limits.unheardEvents || unheard.bytes > limits.unheardBytes, events.count > 1 {
            let event = removeFirst()
            if event.isCharged { lost.bytes += event.message.count }
            guard event.number > number else { continue }
            lost.events += 1
            unheard.events -= 1
            unheard.bytes -= event.message.count
        }
        return lost
    }

    /// Drops events up to a number that are older than a time.
    ///
    /// - Returns: How many bytes go back to the budget.
    mutating func removeOld(upTo number: UInt64, before time: ContinuousClock.Instant) -> Int {
        var freed = 0
        while let first = events.first, first.number <= number, first.time < time {
            let event = removeFirst()
            if event.isCharged { freed += event.message.count }
        }
        return freed
    }

    /// Drops one event, wherever it stands.
    mutating func remove(_ number: UInt64) {
        guard let index = events.firstIndex(where: { $0.number == number }) else { return }
        bytes -= events.remove(at: index).message.count
    }

    /// Drops everything.
    ///
    /// - Returns: How many bytes go back to the budget.
    mutating func removeAll() -> Int {
        defer { (events, bytes) = ([], 0) }
        return chargedBytes
    }

    private mutating func removeFirst() -> Event {
        let event = events.removeFirst()
        bytes -= event.message.count
        return event
    }
}
