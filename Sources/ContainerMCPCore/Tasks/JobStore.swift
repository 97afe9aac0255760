// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol
public import Logging
internal import Synchronization

/// Holds the calls that outlive their requests: what they are at, what they ask, and how they ended.
///
/// One store serves both forms of tasks (the core form of MCP 2025-11-25 and the extension of 2026-07-28); what it
/// gives out is projected to either. Every change is decided under one lock, and what follows from it (work that is
/// ended, calls that are answered, news) is done after the lock is let go of.
public final class JobStore: Sendable {
    /// The bounds.
    public let limits: JobLimits
    let storage: JobStorage?
    let logger: Logger
    private let table: Mutex<JobTable>
    private let changes: @Sendable (_ id: String) -> Void
    private let clock: @Sendable () -> Int64
    private let tag: String?
    private let metrics: ServerMetrics
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// Makes an empty store.
    ///
    /// - Parameters:
    ///   - limits: The bounds.
    ///   - storage: Where records are kept; nil for memory only.
    ///   - tag: What identifiers begin with; tells replicas apart.
    ///   - metrics: Where jobs are counted.
    ///   - clock: The wall clock, in milliseconds since 1970-01-01T00:00:00Z; nil for that of the system.
    ///   - logger: Where failures of the storage go.
    ///   - changes: Told the identifier of each job whose status or open questions changed; must not block, and may
    ///     read the store.
    public init(
        limits: JobLimits = JobLimits(),
        storage: JobStorage? = nil,
        tag: String? = nil,
        metrics: ServerMetrics = .disabled,
        clock: (@Sendable () -> Int64)? = nil,
        logger: Logger,
        changes: @escaping @Sendable (_ id: String) -> Void = { _ in }
    ) {
        self.limits = limits
        self.storage = storage
        self.tag = tag
        self.metrics = metrics
        self.logger = logger
        self.clock = clock ?? { JobTime.now() }
        self.changes = changes
        table = Mutex(JobTable(limits: limits))
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Brings back the jobs that a storage holds; without a storage it does nothing.
    ///
    /// To be called before the first job is made. Ended jobs are readable again, unfinished ones have failed as
    /// interrupted, expired ones are deleted, and files that can't be read are skipped and logged.
    ///
    /// - Throws: ``JobStorageFailure`` where the folder can't be used.
    public func restore() async throws(JobStorageFailure) {
        guard let storage else { return }
        let found = try await storage.open(limits: limits, now: clock())
        for record in found.records {
            guard let outcome = record.outcome else { continue }
            let job = Job(record, outcome: outcome, bytes: found.sizes[record.id] ?? 0)
            let isRestored = change { table, _, _ in table.restore(job) }
            if !isRestored {
                logger.warning(
                    "task record skipped: there is no room",
                    metadata: ["file": "\(record.fileName)"]
                )
            }
        }
        wake.yield()
    }

    /// Changes the table, then does what follows from the change.
    func change<Value: Sendable, Failure: Error>(
        _ body: (inout JobTable, inout JobEffects, _ now: Int64) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let now = clock()
        let (result, effects) = table.withLock { table in
            var effects = JobEffects()
            let result = Result { () throws(Failure) in try body(&table, &effects, now) }
            // Under the lock, so that the last number told is the last one there was.
            metrics.tasksChanged(live: table.jobs.values.count(where: \.isLive))
            return (result, effects)
        }
        for outcome in effects.ended { metrics.taskEnded(ServerMetrics.TaskOutcome(outcome)) }
        effects.perform()
        for id in effects.changed { changes(id) }
        return try result.get()
    }

    // MARK: Life

    /// Makes a job.
    ///
    /// It can be read by its identifier when this returns, and its record is on the disk where there is a storage and
    /// the owner is an authenticated subject.
    ///
    /// - Parameters:
    ///   - order: What is to become a job.
    ///   - owner: Whom it belongs to.
    /// - Returns: The way for the work to tell about itself. ``JobHandle/finish(_:)`` must follow in the end.
    /// - Throws: ``JobError/tooMany``, ``JobError/stopping`` or ``JobError/storeFailed``.
    public func create(_ order: JobOrder, for owner: JobOwner) async throws(JSONRPCError) -> JobHandle {
        await deleteStaleRecords()
        let isRecorded: Bool
        if case .subject = owner { isRecorded = storage != nil } else { isRecorded = false }
        let id = JobIdentifier.make(tag: tag)
        let (job, snapshot) = try change { table, effects, now throws(JSONRPCError) in
            let job = try table.create(
                order,
                id: id,
                owner: owner,
                isRecorded: isRecorded,
                now: now,
                effects: &effects
            )
            return (job, job.snapshot(now))
        }
        wake.yield()
        if let record = job.record, let storage {
            do throws(JobStorageFailure) {
                try await storage.write(record)
            } catch {
                logger.error("task record can't be written", metadata: ["cause": "\(error)"])
                change { table, effects, _ in table.remove(id, &effects) }
                throw JobError.storeFailed
            }
        }
        return JobHandle(store: self, owner: owner, opening: snapshot)
    }

    /// Removes what has expired, ends its work, and gives up questions that waited too long.
    ///
    /// ``run()`` does so each second while there are jobs.
    public func removeExpired() async {
        change { table, effects, now in table.sweep(now, &effects) }
        await deleteStaleRecords()
    }

    /// Keeps the store tidy until the calling task is cancelled.
    public func run() async {
        await run { try await Task.sleep(for: .seconds(1)) }
    }

    func run(pause: @Sendable () async throws -> Void) async {
        for await _ in wakes {
            while !isEmpty {
                // Only a cancellation interrupts the pause, and then there is nothing left to do.
                guard (try? await pause()) != nil else { return }
                await removeExpired()
            }
        }
    }

    private var isEmpty: Bool {
        change { table, _, _ in table.jobs.isEmpty && table.staleRecords.isEmpty }
    }

    /// Ends the work of every job as interrupted, lets none begin any more, waits until no work is left, and closes the
    /// storage.
    ///
    /// Cancelling the calling task ends the wait.
    public func stop() async {
        change { table, effects, now in table.stop(now, &effects) }
        let token = change { table, _, _ in table.makeToken() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isGivenUp = Task.isCancelled
                change { table, effects, _ in
                    table.awaitWork(token, continuation, isGivenUp: isGivenUp, &effects)
                }
            }
        } onCancel: {
            change { table, effects, _ in table.giveUpWork(token, &effects) }
        }
        // A wait that was given up leaves work behind, whose end is still to be recorded.
        if !Task.isCancelled { await storage?.close() }
    }

    /// Cancels and drops the jobs of a conversation that is over, and lets none begin for it any more.
    ///
    /// - Parameter conversation: The conversation.
    public func conversationEnded(_ conversation: ConversationID) {
        change { table, effects, _ in table.end(conversation, &effects) }
    }

    /// Whether a conversation has a job that has not ended, or whose processes are not gone yet.
    public func hasLiveJob(of conversation: ConversationID) -> Bool {
        change { table, _, now in table.hasLiveJob(of: conversation, now) }
    }

    private func deleteStaleRecords() async {
        guard let storage else { return }
        let ids = change { table, _, _ in
            defer { table.staleRecords = [] }
            return table.staleRecords
        }
        await storage.remove(ids)
    }
}
