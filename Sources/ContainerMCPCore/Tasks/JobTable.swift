// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

/// The states of all jobs: events and the time go in, what is to be done comes out.
///
/// Every race (an answer against a cancellation, an end against another) is decided here, under the one lock of the
/// store.
struct JobTable: Sendable {
    /// Work that was begun and has not come back yet, also for a job that has ended or is forgotten.
    struct Worker: Sendable {
        let owner: JobOwner
        /// Ends the work; nil once that was asked for.
        var cancel: (@Sendable () -> Void)?
    }

    let limits: JobLimits
    var jobs: [String: Job] = [:]
    /// By the identifiers of their jobs.
    var workers: [String: Worker] = [:]
    /// Records of forgotten jobs that are still on the disk, by identifier.
    var staleRecords: [String] = []
    private(set) var outcomeBytes = 0
    private(set) var isStopped = false
    private var workWaiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    /// Conversations that ended lately: a call of theirs may still try to become a job.
    private var endedConversations: [ConversationID] = []
    private var lastToken: UInt64 = 0
    /// Nothing happens by itself before this moment.
    private var due = Int64.max

    private static let rememberedConversations = 1_024

    init(limits: JobLimits) {
        self.limits = limits
    }

    /// A number that was not used before.
    mutating func makeToken() -> UInt64 {
        lastToken &+= 1
        return lastToken
    }

    /// The job of an owner.
    ///
    /// - Throws: ``JobError/unknown``, whatever the reason.
    func find(_ id: String, _ owner: JobOwner, _ now: Int64) throws(JSONRPCError) -> Job {
        guard JobIdentifier.isWellFormed(id), let job = jobs[id], job.owner == owner, now < job.expiresAt
        else {
            throw JobError.unknown
        }
        return job
    }

    /// Makes a job.
    ///
    /// - Throws: ``JobError`` where there are too many, or no more are begun. No other job is dropped for it.
    mutating func create(
        _ order: JobOrder,
        id: String,
        owner: JobOwner,
        isRecorded: Bool,
        now: Int64,
        effects: inout JobEffects
    ) throws(JSONRPCError) -> Job {
        guard !isStopped else { throw JobError.stopping }
        if case .conversation(let conversation) = owner, endedConversations.contains(conversation) {
            throw JobError.stopping
        }
        sweep(now, &effects)
        var (kept, live) = (0, 0)
        for job in jobs.values where job.owner == owner {
            kept += 1
            if job.outcome == nil { live += 1 }
        }
        guard
            kept < limits.keptPerOwner, live < limits.livePerOwner, jobs.count < limits.kept,
            outcomeBytes < limits.allResultBytes, jobs[id] == nil
        else {
            throw JobError.tooMany
        }
        let lifetime = limits.lifetime(wallLimit: order.wallLimit, wish: order.wishedLifetime)
        let job = Job(order, id: id, owner: owner, isRecorded: isRecorded, lifetime: lifetime, now: now)
        jobs[id] = job
        due = min(due, job.due)
        return job
    }

    /// Brings back jobs from records, as long as there is room; the others are left out.
    ///
    /// - Returns: How many were left out.
    mutating func restore(_ job: Job) -> Bool {
        guard
            jobs.count < limits.kept, jobs[job.id] == nil,
            job.outcomeBytes <= limits.allResultBytes - outcomeBytes
        else { return false }
        jobs[job.id] = job
        outcomeBytes += job.outcomeBytes
        due = min(due, job.due)
        return true
    }

    /// Puts a changed job back.
    mutating func put(_ job: Job) {
        jobs[job.id] = job
        due = min(due, job.due)
    }

    /// Makes room for an outcome.
    ///
    /// - Returns: False where there is none.
    mutating func reserve(_ bytes: Int) -> Bool {
        guard bytes <= limits.allResultBytes - outcomeBytes else { return false }
        outcomeBytes += bytes
        return true
    }

    /// Forgets a job: its work is ended, and for whoever waits it is unknown.
    mutating func remove(_ id: String, _ effects: inout JobEffects) {
        guard var job = jobs.removeValue(forKey: id) else { return }
        outcomeBytes -= job.outcomeBytes
        if job.isRecorded { staleRecords.append(id) }
        Self.withdraw(&job, JobTable.over, &effects)
        let waiters = job.waiters.values
        effects.then {
            for waiter in waiters { waiter.continuation.resume(returning: .failure(JobError.unknown)) }
        }
        kill(id, &effects)
    }

    /// Removes what has expired, and gives up questions that waited too long.
    mutating func sweep(_ now: Int64, _ effects: inout JobEffects) {
        guard now >= due else { return }
        for (id, job) in jobs {
            if case .ending = job.phase { continue }
            if now >= job.expiresAt {
                remove(id, &effects)
            } else {
                giveUpQuestions(of: job, now, &effects)
            }
        }
        due = jobs.values.reduce(.max) { min($0, $1.due) }
    }

    // MARK: Work

    /// Notes the work of a job and the way to end it.
    mutating func begin(
        _ id: String,
        _ owner: JobOwner,
        _ cancel: @escaping @Sendable () -> Void,
        _ effects: inout JobEffects
    ) {
        workers[id] = Worker(owner: owner, cancel: cancel)
        // The job may have been cancelled, or dropped, before its work was begun.
        if jobs[id]?.isLive != true { kill(id, &effects) }
    }

    /// Ends the work of a job, if there is any and nobody did so before.
    mutating func kill(_ id: String, _ effects: inout JobEffects) {
        guard let cancel = workers[id]?.cancel else { return }
        workers[id]?.cancel = nil
        effects.then(cancel)
    }

    /// Notes that the work of a job has come back.
    mutating func workEnded(_ id: String, _ effects: inout JobEffects) {
        workers[id] = nil
        guard workers.isEmpty else { return }
        let waiters = workWaiters.values
        workWaiters = [:]
        effects.then { for waiter in waiters { waiter.resume() } }
    }

    /// Lets a call wait until no work is left.
    mutating func awaitWork(
        _ token: UInt64,
        _ continuation: CheckedContinuation<Void, Never>,
        isGivenUp: Bool,
        _ effects: inout JobEffects
    ) {
        guard !workers.isEmpty, !isGivenUp else { return effects.then { continuation.resume() } }
        workWaiters[token] = continuation
    }

    mutating func giveUpWork(_ token: UInt64, _ effects: inout JobEffects) {
        guard let continuation = workWaiters.removeValue(forKey: token) else { return }
        effects.then { continuation.resume() }
    }

    // MARK: Conversations and the server

    /// Cancels and drops the jobs of a conversation, and lets none begin any more.
    mutating func end(_ conversation: ConversationID, _ effects: inout JobEffects) {
        endedConversations.append(conversation)
        if endedConversations.count > Self.rememberedConversations { endedConversations.removeFirst() }
        for (id, job) in jobs where job.owner == .conversation(conversation) { remove(id, &effects) }
    }

    /// Whether a conversation has a job that has not ended, or work that has not come back.
    func hasLiveJob(of conversation: ConversationID, _ now: Int64) -> Bool {
        let owner = JobOwner.conversation(conversation)
        return jobs.values.contains { $0.owner == owner && $0.outcome == nil && now < $0.expiresAt }
            || workers.values.contains { $0.owner == owner }
    }

    /// Ends every job as interrupted and lets none begin any more.
    ///
    /// Nothing is recorded: the next start reads an unfinished record in just this way.
    mutating func stop(_ now: Int64, _ effects: inout JobEffects) {
        isStopped = true
        for (id, job) in jobs where job.isLive {
            settle(job, Job.End(outcome: .failure(JobError.interrupted), moment: now), &effects)
            kill(id, &effects)
        }
    }

    /// What work gets that asks for a job which is over.
    static let over = ToolError(.cancelled, "The task is over.")
}
