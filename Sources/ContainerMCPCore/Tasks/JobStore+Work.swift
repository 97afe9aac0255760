// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import Logging

/// What the work of jobs does, by way of ``JobHandle``.
extension JobStore {
    func started(_ id: String, owner: JobOwner, _ cancel: @escaping @Sendable () -> Void) {
        change { table, effects, _ in table.begin(id, owner, cancel, &effects) }
    }

    func setMessage(_ message: String, of id: String) {
        change { table, _, now in
            let clipped = Job.clipped(message)
            guard var job = table.jobs[id], job.isLive, job.message != clipped else { return }
            job.message = clipped
            job.touch(now)
            table.put(job)
        }
    }

    func ask(_ questions: [InputQuestion], of id: String) async throws(ToolError) -> [String: JobAnswer] {
        let token = change { table, _, _ in table.makeToken() }
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: Job.AskContinuation) in
                change { table, effects, now in
                    table.ask(
                        id,
                        questions,
                        token: token,
                        continuation: continuation,
                        // A cancellation that comes later finds the questions; one that came before is seen here.
                        isGivenUp: Task.isCancelled,
                        now: now,
                        &effects
                    )
                }
            }
        } onCancel: {
            change { table, effects, now in
                table.withdraw(id, round: token, JobTable.over, now: now, &effects)
            }
        }
        return try answer.get()
    }

    /// Ends a job, unless it has ended.
    func finish(_ id: String, _ outcome: JobOutcome) async {
        let draft = change { table, _, _ in table.jobs[id].flatMap { $0.isLive ? $0 : nil } }
        if let draft {
            let (outcome, bytes) = await bounded(outcome, for: draft)
            let decision = change { table, effects, now in
                table.decide(id, outcome, bytes: bytes, now: now, &effects)
            }
            if case .record(let record) = decision {
                await write(record)
                change { table, effects, _ in table.settle(id, &effects) }
            }
        }
        change { table, effects, _ in table.workEnded(id, &effects) }
    }

    /// The outcome, or a tool error in the place of one that can't be kept.
    private func bounded(_ outcome: JobOutcome, for job: Job) async -> (JobOutcome, bytes: Int) {
        let bytes = StoredOutcome.jsonValue(outcome).encoded().count
        guard bytes <= limits.resultBytes else {
            return refusal("The result is larger than the \(limits.resultBytes) bytes that a task may keep.")
        }
        guard let storage, var record = job.record else { return (outcome, bytes) }
        record.outcome = outcome
        // Encoded here: on the storage's thread only what is known to be shallow is gone through.
        let text = record.encoded()
        do throws(JobStorageFailure) {
            guard try await storage.isReadable(text, fileName: record.fileName) else {
                return refusal("The result is nested too deeply, or has too many values, to be kept.")
            }
        } catch {
            // The write that follows meets the same trouble and is where it counts.
            logger.error("task record can't be checked", metadata: ["cause": "\(error)"])
        }
        return (outcome, bytes)
    }

    private func refusal(_ message: String) -> (JobOutcome, bytes: Int) {
        let outcome = JobOutcome.result(StoredOutcome.refusal(message))
        return (outcome, StoredOutcome.jsonValue(outcome).encoded().count)
    }

    /// Writes the record of an end.
    ///
    /// An end that can't be written holds in this process all the same; then no record is better than one which says
    /// after a restart that the job was interrupted.
    func write(_ record: JobRecord) async {
        guard let storage else { return }
        do throws(JobStorageFailure) {
            try await storage.write(record)
        } catch {
            logger.error("task record can't be written", metadata: ["cause": "\(error)"])
            await storage.remove([record.id])
        }
    }
}
