// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Notes what happened, in order.
final class EventRecorder<Event: Sendable & Equatable>: Sendable {
    private let noted = Mutex<[Event]>([])

    func note(_ event: Event) {
        noted.withLock { $0.append(event) }
    }

    var events: [Event] { noted.withLock { $0 } }

    func clear() {
        noted.withLock { $0 = [] }
    }
}
