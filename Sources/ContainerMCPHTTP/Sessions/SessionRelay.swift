// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Leads from what a session's server says to the session, which is made after it.
final class SessionRelay: Sendable {
    private struct Target {
        weak var session: HTTPSession?
    }

    private let target = Mutex(Target())

    func bind(_ session: HTTPSession) {
        target.withLock { $0.session = session }
    }

    func send(_ message: [UInt8]) async {
        await target.withLock { $0.session }?.send(message)
    }
}
