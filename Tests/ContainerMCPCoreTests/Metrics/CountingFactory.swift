// SPDX-License-Identifier: Apache-2.0

import Metrics
import Synchronization

/// A factory as small as they come: it knows neither meters nor decimal counters, and makes anew what it is
/// asked for.
final class CountingFactory: MetricsFactory, Sendable {
    private struct State {
        var counters = 0
        var counted: [String: Int64] = [:]
        var recorded: [String: Int] = [:]
    }

    private let state = Mutex(State())

    /// How many counters were made.
    var counters: Int { state.withLock { $0.counters } }
    /// What was counted, by name.
    var counted: [String: Int64] { state.withLock { $0.counted } }
    /// How often something was recorded, by name.
    var recorded: [String: Int] { state.withLock { $0.recorded } }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        state.withLock { $0.counters += 1 }
        return Handler(label, self)
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        Handler(label, self)
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        Handler(label, self)
    }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    private final class Handler: CounterHandler, RecorderHandler, TimerHandler {
        private let label: String
        private let factory: CountingFactory

        init(_ label: String, _ factory: CountingFactory) {
            self.label = label
            self.factory = factory
        }

        func increment(by amount: Int64) {
            factory.state.withLock { $0.counted[label, default: 0] += amount }
        }

        func record(_ value: Int64) { noteRecord() }
        func record(_ value: Double) { noteRecord() }
        func recordNanoseconds(_ duration: Int64) { noteRecord() }
        func reset() {}

        private func noteRecord() {
            factory.state.withLock { $0.recorded[label, default: 0] += 1 }
        }
    }
}
