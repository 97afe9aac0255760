// SPDX-License-Identifier: Apache-2.0

/// What is to be done once the lock of the store is let go of.
struct JobEffects: Sendable {
    /// Jobs whose status or open questions changed.
    private(set) var changed: [String] = []
    /// How jobs ended.
    private(set) var ended: [JobOutcome] = []
    private var steps: [@Sendable () -> Void] = []

    mutating func then(_ step: @escaping @Sendable () -> Void) {
        steps.append(step)
    }

    mutating func noteEnd(_ outcome: JobOutcome) {
        ended.append(outcome)
    }

    mutating func noteChange(of id: String) {
        changed.append(id)
    }

    func perform() {
        for step in steps { step() }
    }
}
