// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Keeps the one answer to a POST whose client takes nothing else; what is said meanwhile is dropped.
final class AnswerBox: Sendable {
    private let kept = Mutex<[UInt8]?>(nil)

    var answer: [UInt8]? { kept.withLock { $0 } }

    func put(_ message: [UInt8]) {
        guard OutgoingMessage.isAnswer(message) else { return }
        kept.withLock { $0 = $0 ?? message }
    }
}
