// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Passes refusals on to the audit log, so many a second: what anybody can cause must not fill a disk.
final class RefusalRecorder: Sendable {
    private struct Refusal: Sendable {
        let peer: String
        let detail: String
    }

    private static let perSecond = 20
    private static let waiting = 256

    private let window = Mutex((second: Int64(0), count: 0, dropped: 0))
    private let refusals: AsyncStream<Refusal>
    private let input: AsyncStream<Refusal>.Continuation
    private let start = ContinuousClock.now
    private let record: @Sendable (_ peer: String, _ detail: String) async -> Void

    init(record: @escaping @Sendable (_ peer: String, _ detail: String) async -> Void) {
        self.record = record
        (refusals, input) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.waiting))
    }

    /// Takes a refusal.
    func add(_ peer: Peer, _ detail: String) {
        let second = start.duration(to: .now).components.seconds
        let dropped: Int? = window.withLock { window in
            if window.second != second { (window.second, window.count) = (second, 0) }
            guard window.count < Self.perSecond else {
                window.dropped += 1
                return nil
            }
            window.count += 1
            defer { window.dropped = 0 }
            return window.dropped
        }
        guard let dropped else { return }
        let note = dropped == 0 ? "" : " (and \(dropped) more before it)"
        input.yield(Refusal(peer: peer.address, detail: detail + note))
    }

    /// Passes refusals on until ``finish()``.
    func run() async {
        for await refusal in refusals { await record(refusal.peer, refusal.detail) }
    }

    /// Ends ``run()`` once everything is passed on.
    func finish() {
        input.finish()
    }
}
