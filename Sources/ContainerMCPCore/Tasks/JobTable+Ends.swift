// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

extension JobTable {
    /// What has to follow a decision about the end of a job.
    enum Decision: Sendable {
        /// The job had ended, or is not known: nothing changed.
        case late
        /// The end is visible.
        case settled
        /// The end is decided and has to be recorded, then settled.
        case record(JobRecord)
    }

    /// Decides how a job ends; the first end wins.
    ///
    /// Where there is no room for an outcome of so many bytes, the job ends with a small error instead.
    mutating func decide(
        _ id: String,
        _ outcome: JobOutcome,
        bytes: Int,
        now: Int64,
        _ effects: inout JobEffects
    ) -> Decision {
        guard var job = jobs[id], job.isLive, now < job.expiresAt else { return .late }
        var outcome = outcome
        if reserve(bytes) {
            job.outcomeBytes = bytes
        } else {
            let message = "The result can't be kept: results of other tasks take all room."
            outcome = .result(StoredOutcome.refusal(message))
        }
        let end = Job.End(outcome: outcome, moment: now)
        Self.withdraw(&job, Self.over, &effects)
        guard job.isRecorded else {
            settle(job, end, &effects)
            return .settled
        }
        job.phase = .ending(end)
        put(job)
        guard let record = job.record else {
            settle(job, end, &effects)
            return .settled
        }
        return .record(record)
    }

    /// Makes a recorded end visible.
    mutating func settle(_ id: String, _ effects: inout JobEffects) {
        guard let job = jobs[id], case .ending(let end) = job.phase else { return }
        settle(job, end, &effects)
    }

    mutating func settle(_ job: Job, _ end: Job.End, _ effects: inout JobEffects) {
        effects.noteEnd(end.outcome)
        var job = job
        Self.withdraw(&job, Self.over, &effects)
        job.phase = .ended(end.outcome)
        job.message = Job.message(of: end.outcome)
        job.touch(end.moment)
        let waiters = job.waiters.values
        job.waiters = [:]
        let snapshot = job.snapshot(end.moment)
        effects.then { for waiter in waiters { waiter.continuation.resume(returning: .success(snapshot)) } }
        effects.noteChange(of: job.id)
        put(job)
    }

    /// Lets a call wait until a job ends, or asks something that the caller does not know.
    ///
    /// Waits and reads of clients are counted; those of the server itself are bounded apart.
    mutating func wait(
        _ id: String,
        _ owner: JobOwner,
        knownKeys: Set<String>?,
        isClient: Bool,
        token: UInt64,
        continuation: Job.WaitContinuation,
        isGivenUp: Bool,
        now: Int64,
        _ effects: inout JobEffects
    ) {
        let answer: Result<TaskSnapshot, JSONRPCError>
        do throws(JSONRPCError) {
            var job = try find(id, owner, now)
            if isGivenUp { throw JobError.waitGivenUp }
            guard !isClient || job.reads.admits(now, limit: limits.readsPerSecond) else {
                throw JobError.readTooOften
            }
            put(job)
            let waiter = Job.Waiter(continuation: continuation, knownKeys: knownKeys, isClient: isClient)
            if job.outcome == nil, !waiter.isNews(job.questions) {
                guard job.waiters.values.count(where: { $0.isClient == isClient }) < limits.waiters else {
                    throw JobError.tooManyWaiters
                }
                job.waiters[token] = waiter
                return put(job)
            }
            answer = .success(job.snapshot(now))
        } catch {
            answer = .failure(error)
        }
        effects.then { continuation.resume(returning: answer) }
    }

    /// Ends a wait and nothing else.
    mutating func giveUpWait(_ id: String, _ token: UInt64, _ effects: inout JobEffects) {
        guard let waiter = jobs[id]?.waiters.removeValue(forKey: token) else { return }
        effects.then { waiter.continuation.resume(returning: .failure(JobError.waitGivenUp)) }
    }
}
