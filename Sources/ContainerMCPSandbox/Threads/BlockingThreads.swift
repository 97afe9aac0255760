// SPDX-License-Identifier: Apache-2.0

/// A few threads of their own for calls that block, so that the shared pool of Swift tasks never waits for a
/// disk.
///
/// Threads start when they are first needed and end at ``shutdown()`` or when the last reference goes. Jobs
/// that find no thread free wait in order; their number and their waiting time are bounded.
public final class BlockingThreads: Sendable {
    private let crew: BlockingCrew

    /// Makes a pool; no thread is started yet.
    ///
    /// - Parameters:
    ///   - limit: The most jobs that run at once, from 1.
    ///   - waiting: The most jobs that wait, from 0.
    ///   - patience: How long a job waits for a thread before it is refused.
    public init(limit: Int, waiting: Int, patience: Duration = .seconds(30)) {
        crew = BlockingCrew(limit: max(1, limit), waiting: max(0, waiting), patience: patience)
    }

    deinit {
        crew.shutDown()
    }

    /// Runs a job on one of the threads.
    ///
    /// Cancelling the calling task takes a waiting job out of the queue. A job that has begun runs to its
    /// end.
    ///
    /// - Parameter body: The job; it may block.
    /// - Returns: What the job returned or threw.
    /// - Throws: ``BlockingThreadsRefusal`` if the job was never begun.
    public func run<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(BlockingThreadsRefusal) -> Result<Value, Failure> {
        let ticket = crew.makeTicket()
        let outcome: Result<Result<Value, Failure>, BlockingThreadsRefusal> =
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let job = BlockingCrew.Job(ticket: ticket) { refusal in
                        if let refusal { return { continuation.resume(returning: .failure(refusal)) } }
                        let result = Result(catching: body)
                        return { continuation.resume(returning: .success(result)) }
                    }
                    crew.submit(job)
                }
            } onCancel: {
                crew.cancel(ticket)
            }
        crew.forget(ticket)
        return try outcome.get()
    }

    /// Ends the threads when they have done what they are at; refuses what waits, and everything later.
    public func shutdown() {
        crew.shutDown()
    }

    /// How many jobs run and how many wait at this moment.
    public var load: (running: Int, waiting: Int) { crew.load }
}
