// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// What clients do with jobs.
///
/// Each call names the owner; a job of somebody else is unknown, in the same words and by the same look-up. Whether the
/// caller may use tasks at all is for others to check, each time.
extension JobStore {
    /// A job as it is now, for a client that polls.
    ///
    /// - Throws: ``JobError/unknown``; ``JobError/readTooOften`` above the limit of reads in a second.
    public func snapshot(of id: String, for owner: JobOwner) throws(JSONRPCError) -> TaskSnapshot {
        try change { table, effects, now throws(JSONRPCError) in
            table.sweep(now, &effects)
            var job = try table.find(id, owner, now)
            let isAdmitted = job.reads.admits(now, limit: limits.readsPerSecond)
            table.put(job)
            guard isAdmitted else { throw JobError.readTooOften }
            return job.snapshot(now)
        }
    }

    /// A job as it is now, for news that the server sends by itself; counts as no read.
    ///
    /// - Returns: Nil for a job that is unknown, has expired or is somebody else's.
    public func current(_ id: String, for owner: JobOwner) -> TaskSnapshot? {
        change { table, effects, now in
            table.sweep(now, &effects)
            // A subscription leaves out what its owner can't see; why it can't does not matter.
            return try? table.find(id, owner, now).snapshot(now)
        }
    }

    /// Takes answers to open questions of a job: all of them, or none where one is wrong.
    ///
    /// The effect is there when this returns. Keys that are not open (never asked, answered, withdrawn) are ignored,
    /// whatever their values.
    ///
    /// - Parameters:
    ///   - id: The job.
    ///   - owner: Who answers.
    ///   - responses: Answers by the keys of the questions.
    /// - Throws: ``JobError/unknown``, or `-32602` for an answer that does not fit its question.
    public func update(_ id: String, for owner: JobOwner, responses: JSONObject) throws(JSONRPCError) {
        let open = try change { table, effects, now throws(JSONRPCError) in
            table.sweep(now, &effects)
            return try table.find(id, owner, now).questions
        }
        // Checked outside the lock, since forms may be large; a key never names another question later.
        var answers: [String: JobAnswer] = [:]
        for question in open {
            guard let raw = responses[question.key] else { continue }
            answers[question.key] = JobAnswer(raw: raw, value: try question.request.read(raw))
        }
        guard !answers.isEmpty else { return }
        change { table, effects, now in table.answer(id, answers, now: now, &effects) }
    }

    /// Gives up a question that the client refused to answer; those that were asked with it are withdrawn too.
    ///
    /// For a server request that came back with an error (MCP 2025-11-25). A key that is not open is ignored.
    ///
    /// - Parameters:
    ///   - key: The key of the question, as clients see it.
    ///   - id: The job.
    ///   - owner: Who was asked.
    ///   - error: What the work gets in place of the answers.
    /// - Throws: ``JobError/unknown``.
    public func giveUp(
        _ key: String,
        of id: String,
        for owner: JobOwner,
        _ error: ToolError
    ) throws(JSONRPCError) {
        try change { table, effects, now throws(JSONRPCError) in
            let job = try table.find(id, owner, now)
            guard let question = job.questions.first(where: { $0.key == key }) else { return }
            table.withdraw(id, round: question.round, error, now: now, &effects)
        }
    }

    /// Cancels a job: first its state, then whoever waits for it, then its work.
    ///
    /// Does not wait until the processes are gone. What the work says later is dropped.
    ///
    /// - Returns: The job after it, and whether it had ended before: no error in the extension, and
    ///   ``JobError/alreadyEnded`` in the core form.
    /// - Throws: ``JobError/unknown``.
    public func cancel(_ id: String, for owner: JobOwner) async throws(JSONRPCError) -> JobCancellation {
        let (decision, present) = try change { table, effects, now throws(JSONRPCError) in
            table.sweep(now, &effects)
            let job = try table.find(id, owner, now)
            let decision = table.decide(id, .cancelled, bytes: 0, now: now, &effects)
            if case .late = decision { return (decision, job.snapshot(now)) }
            table.kill(id, &effects)
            return (decision, table.jobs[id]?.snapshot(now) ?? job.snapshot(now))
        }
        switch decision {
        case .late: return JobCancellation(snapshot: present, hadEnded: true)
        case .settled: return JobCancellation(snapshot: present, hadEnded: false)
        case .record(let record):
            await write(record)
            let snapshot = try change { table, effects, now throws(JSONRPCError) in
                table.settle(id, &effects)
                guard let job = table.jobs[id] else { throw JobError.unknown }
                return job.snapshot(now)
            }
            return JobCancellation(snapshot: snapshot, hadEnded: false)
        }
    }

    /// Waits until a job has ended.
    ///
    /// Cancelling the calling task ends the wait and nothing else.
    ///
    /// - Parameters:
    ///   - id: The job.
    ///   - owner: Who waits.
    ///   - knownKeys: Questions that the caller knows; others end the wait, so that they can be put to the client
    ///     (MCP 2025-11-25). Nil where no question does.
    ///   - isClient: Whether a client waits. The server's own waits are counted apart, so that no client can push
    ///     them out by reading too often.
    /// - Returns: The job when it has ended, or asks something new.
    /// - Throws: ``JobError/unknown``, also for a job that is dropped meanwhile; ``JobError/tooManyWaiters``;
    ///   ``JobError/readTooOften``; ``JobError/waitGivenUp`` when cancelled.
    public func waitForEnd(
        of id: String,
        for owner: JobOwner,
        orQuestionsBeside knownKeys: Set<String>? = nil,
        isClient: Bool = true
    ) async throws(JSONRPCError) -> TaskSnapshot {
        let token = change { table, effects, now in
            table.sweep(now, &effects)
            return table.makeToken()
        }
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: Job.WaitContinuation) in
                change { table, effects, now in
                    table.wait(
                        id,
                        owner,
                        knownKeys: knownKeys,
                        isClient: isClient,
                        token: token,
                        continuation: continuation,
                        // A cancellation that comes later finds the waiter; one that came before is seen here.
                        isGivenUp: Task.isCancelled,
                        now: now,
                        &effects
                    )
                }
            }
        } onCancel: {
            change { table, effects, _ in table.giveUpWait(id, token, &effects) }
        }
        return try answer.get()
    }

    /// The jobs of an owner, newest first.
    ///
    /// - Parameters:
    ///   - owner: Whose jobs.
    ///   - cursor: Where the page begins, from the page before; nil is the beginning.
    /// - Returns: At most 50 jobs.
    /// - Throws: ``JobError/badCursor``.
    public func list(for owner: JobOwner, from cursor: String?) throws(JSONRPCError) -> JobPage {
        try change { table, effects, now throws(JSONRPCError) in
            table.sweep(now, &effects)
            let jobs = table.jobs.values.filter { $0.owner == owner && now < $0.expiresAt }.sorted {
                ($0.createdAt, $0.id) > ($1.createdAt, $1.id)
            }
            var start = 0
            if let cursor {
                // The cursor is the last job of the page before, so pages fit together although jobs come and go.
                guard
                    JobIdentifier.isWellFormed(cursor),
                    let last = jobs.firstIndex(where: { $0.id == cursor })
                else { throw JobError.badCursor }
                start = last + 1
            }
            let page = jobs[start...].prefix(Self.pageSize)
            return JobPage(
                jobs: page.map { $0.snapshot(now) },
                nextCursor: page.endIndex < jobs.endIndex ? page.last?.id : nil
            )
        }
    }

    static let pageSize = 50
}
