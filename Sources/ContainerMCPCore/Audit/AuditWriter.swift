// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// A thread of its own that writes the lines one after the other, so that a slow disk or a held lock blocks
/// no thread that other work waits for.
final class AuditWriter: Sendable {
    private struct Job {
        let line: [UInt8]
        let room: Int
        let continuation: CheckedContinuation<Result<Void, AuditFile.Failure>, Never>
    }

    private struct State {
        var jobs: [Job] = []
        var isClosed = false
    }

    /// Waiting lines.
    ///
    /// Each belongs to a call or a request that waits for it, and those are bounded too.
    private static let maximumJobs = 16_384
    /// Bytes of lines that are written at once.
    private static let maximumTogether = 65_536

    private let state = Mutex(State())
    private let wake = WakeSignal()

    /// Starts the thread; nil when the system has no thread left.
    init?(path: String, maximumBytes: Int, maximumFiles: Int, lockAttempts: Int) {
        let start = AuditThreadStart(
            writer: self,
            path: path,
            maximumBytes: maximumBytes,
            maximumFiles: maximumFiles,
            lockAttempts: lockAttempts
        )
        let retained = unsafe Unmanaged.passRetained(start)
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<AuditThreadStart>.fromOpaque(argument).takeRetainedValue()
                start.writer.run(start)
                return nil
            },
            retained.toOpaque()
        )
        guard result == 0 else {
            unsafe retained.release()
            return nil
        }
        pthread_detach(thread)
    }

    /// Waits until the line is in the file, or until it is clear that it will not be.
    ///
    /// - Parameters:
    ///   - line: The line; empty to ask only.
    ///   - room: Bytes that must have a place behind it.
    /// - Returns: Success, or what did not work.
    func write(_ line: [UInt8], room: Int = 0) async -> Result<Void, AuditFile.Failure> {
        await withCheckedContinuation { continuation in
            let isTaken = state.withLock { state in
                guard !state.isClosed, state.jobs.count < Self.maximumJobs else { return false }
                state.jobs.append(Job(line: line, room: room, continuation: continuation))
                return true
            }
            guard isTaken else {
                errno = ECANCELED
                return continuation.resume(returning: .failure(AuditFile.Failure("queue")))
            }
            wake.post()
        }
    }

    /// Lets the thread end after the lines that wait now.
    func finish() {
        state.withLock { $0.isClosed = true }
        wake.post()
    }

    private func run(_ start: AuditThreadStart) {
        // Signals are for the threads that expect them.
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        var file = AuditFile(
            path: start.path,
            maximumBytes: start.maximumBytes,
            maximumFiles: start.maximumFiles,
            lockAttempts: start.lockAttempts
        )
        while true {
            wake.wait()
            let (jobs, isClosed) = state.withLock { state in
                defer { state.jobs = [] }
                return (state.jobs, state.isClosed)
            }
            Self.write(jobs, to: &file)
            if isClosed { return }
        }
    }

    /// What became of lines that were to be written at once; nil where each may still be written by itself.
    private static func written(_ lines: [UInt8], to file: inout AuditFile) -> Result<
        Void, AuditFile.Failure
    >? {
        do {
            return try file.appendTogether(lines) ? .success(()) : nil
        } catch {
            return .failure(error)
        }
    }

    /// Writes the lines of all who wait, as many at once as may be: under load one write and one lock serve many calls.
    private static func write(_ jobs: [Job], to file: inout AuditFile) {
        var rest = jobs[...]
        while let first = rest.first {
            var together: [UInt8] = []
            let group = rest.prefix { job in
                guard !job.line.isEmpty, job.room == 0, together.count + job.line.count <= maximumTogether
                else {
                    return false
                }
                together += job.line
                return true
            }
            if group.count > 1, let result = Self.written(together, to: &file) {
                for job in group { job.continuation.resume(returning: result) }
                rest = rest.dropFirst(group.count)
                continue
            }
            // What does not go together may go one by one.
            for job in group.isEmpty ? [first] : Array(group) {
                do {
                    try file.append(job.line, room: job.room)
                    job.continuation.resume(returning: .success(()))
                } catch {
                    job.continuation.resume(returning: .failure(error))
                }
            }
            rest = rest.dropFirst(max(1, group.count))
        }
    }
}
