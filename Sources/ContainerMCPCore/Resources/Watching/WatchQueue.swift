// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// What the watching thread is asked to do, and the pipe that wakes it.
final class WatchQueue: Sendable {
    enum Order: Sendable {
        case watch(String, SandboxPath)
        case unwatch(String)
        case watchList
        case unwatchList
    }

    struct Job: Sendable {
        let order: Order
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var jobs: [Job] = []
        var isStopped = false
    }

    /// Further jobs that ask for something are refused; those that let go are always taken, and wait for their end.
    private static let maximumJobs = 4_096

    /// The end that becomes readable when there is something to do.
    let wakeEnd: Int32
    private let callEnd: Int32
    private let state = Mutex(State())

    /// Makes a queue; nil when the process has no descriptor left.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return nil }
        (wakeEnd, callEnd) = (ends[0], ends[1])
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    deinit {
        close(wakeEnd)
        close(callEnd)
    }

    /// Has an order carried out; false if it can't be, or the thread has been told to end.
    func submit(_ order: Order) async -> Bool {
        await withCheckedContinuation { continuation in
            let isTaken = state.withLock { state in
                guard !state.isStopped else { return false }
                switch order {
                case .watch, .watchList:
                    guard state.jobs.count < Self.maximumJobs else { return false }
                case .unwatch, .unwatchList:
                    break
                }
                state.jobs.append(Job(order: order, continuation: continuation))
                return true
            }
            if isTaken { wake() } else { continuation.resume(returning: false) }
        }
    }

    /// Refuses everything from now on and lets the thread end.
    func stop() {
        let jobs = state.withLock { state in
            state.isStopped = true
            defer { state.jobs = [] }
            return state.jobs
        }
        for job in jobs { job.continuation.resume(returning: false) }
        wake()
    }

    /// What there is to do; nil when the thread is to end.
    func take() -> [Job]? {
        var buffer = [UInt8](repeating: 0, count: 256)
        // The pipe never holds much: a full one is as good as one byte.
        while unsafe read(wakeEnd, &buffer, buffer.count) > 0 {}
        return state.withLock { state in
            guard !state.isStopped else { return nil }
            defer { state.jobs = [] }
            return state.jobs
        }
    }

    private func wake() {
        var byte: UInt8 = 1
        // A full pipe wakes as well.
        _ = unsafe write(callEnd, &byte, 1)
    }
}
