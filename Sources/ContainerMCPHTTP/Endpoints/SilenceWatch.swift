// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Tells answers that their clients have waited for long; one clock for all of them, since a timer for each request would
/// cost more than most requests.
final class SilenceWatch: Sendable {
    private struct Entry {
        let due: ContinuousClock.Instant
        let note: @Sendable () -> Void
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        var lastNumber: UInt64 = 0
        var isTicking = false
    }

    /// How long a client waits before it is told that it is not forgotten.
    let silence: Duration
    private let tick: Duration
    private let state = Mutex(State())

    /// Makes a watch.
    ///
    /// - Parameter silence: How long a client waits; it may be up to a tenth more, and a second at most.
    init(silence: Duration) {
        self.silence = silence
        tick = min(max(silence / 10, .milliseconds(1)), .seconds(1))
    }

    /// Takes an answer in that a client waits for.
    ///
    /// - Parameter note: Told once, when the silence is over.
    /// - Returns: Its number, for ``remove(_:)``.
    func add(_ note: @escaping @Sendable () -> Void) -> UInt64 {
        let due = ContinuousClock.now + silence
        let (number, mustStart) = state.withLock { state in
            state.lastNumber &+= 1
            state.entries[state.lastNumber] = Entry(due: due, note: note)
            defer { state.isTicking = true }
            return (state.lastNumber, !state.isTicking)
        }
        if mustStart { Task { await run() } }
        return number
    }

    /// Takes the news that there is an answer.
    func remove(_ number: UInt64) {
        state.withLock { $0.entries[number] = nil }
    }

    /// Ticks until nobody waits.
    private func run() async {
        while true {
            // Nobody cancels this task; it ends with the last who waits.
            try? await Task.sleep(for: tick)
            let now = ContinuousClock.now
            let (due, isOver) = state.withLock { state -> ([@Sendable () -> Void], Bool) in
                guard !state.entries.isEmpty else {
                    state.isTicking = false
                    return ([], true)
                }
                let due = state.entries.filter { $0.value.due <= now }
                for number in due.keys { state.entries[number] = nil }
                return (due.values.map(\.note), false)
            }
            for note in due { note() }
            guard !isOver else { return }
        }
    }
}
