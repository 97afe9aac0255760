// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// One direction of a pipe in memory: bytes in order, for one reader, holding a bounded number of them.
final class ByteQueue: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isFinished = false
        var reader: CheckedContinuation<[UInt8]?, Never>?
        var writers: [CheckedContinuation<Void, Never>] = []
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// - Parameter capacity: Bytes above which a writer waits; one write may exceed it.
    init(capacity: Int) {
        self.capacity = max(capacity, 1)
    }

    /// Waits for room, then adds bytes; dropped once the queue is finished.
    func write(_ bytes: [UInt8]) async {
        while true {
            let isTaken = state.withLock { state in
                guard !state.isFinished, !bytes.isEmpty else { return true }
                guard state.bytes.count < capacity else { return false }
                if let reader = state.reader, state.bytes.isEmpty {
                    state.reader = nil
                    reader.resume(returning: bytes)
                } else {
                    state.bytes += bytes
                }
                return true
            }
            if isTaken { return }
            await withCheckedContinuation { continuation in
                let hasRoom = state.withLock { state in
                    guard !state.isFinished, state.bytes.count >= capacity else { return true }
                    state.writers.append(continuation)
                    return false
                }
                if hasRoom { continuation.resume() }
            }
        }
    }

    /// Everything that is there, as soon as there is anything; nil at the end.
    func read() async -> [UInt8]? {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if !state.bytes.isEmpty {
                    let bytes = state.bytes
                    state.bytes = []
                    resumeWriters(&state)
                    continuation.resume(returning: bytes)
                } else if state.isFinished || state.reader != nil {
                    // A second reader at once would be a mistake; it sees the end.
                    continuation.resume(returning: nil)
                } else {
                    state.reader = continuation
                }
            }
        }
    }

    /// Ends the queue: what is in it can still be read.
    func finish() {
        state.withLock { state in
            state.isFinished = true
            state.reader?.resume(returning: nil)
            state.reader = nil
            resumeWriters(&state)
        }
    }

    private func resumeWriters(_ state: inout State) {
        for writer in state.writers { writer.resume() }
        state.writers = []
    }
}
