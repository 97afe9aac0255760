// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import ContainerMCPSandbox
public import Logging
internal import Synchronization

/// Keeps records of jobs in a folder, so that their results outlive the process.
///
/// All work is done one step after the other on a thread of its own. The folder must lie where no program of a caller
/// can reach it.
public final class JobStorage: Sendable {
    private let path: String
    /// One thread: several could write two records of one job in the wrong order.
    private let threads = BlockingThreads(limit: 1, waiting: 1_024)
    private let logger: Logger
    private let folder = Mutex<JobFolder?>(nil)

    /// Makes a storage; nothing is touched before ``JobStore/restore()``.
    ///
    /// - Parameters:
    ///   - folder: The path of the folder on the host; made with mode 0700 where it is missing, and used by one
    ///     process at a time.
    ///   - logger: Where skipped files and failures go.
    public init(folder: String, logger: Logger) {
        path = folder
        self.logger = logger
    }

    /// What was found in the folder.
    struct Found: Sendable {
        var records: [JobRecord] = []
        var sizes: [String: Int] = [:]
    }

    /// Opens the folder and reads the records that have not expired.
    ///
    /// Unfinished ones are turned into interrupted ones, on the disk too. What can't be read is left where it is.
    func open(limits: JobLimits, now: Int64) async throws(JobStorageFailure) -> Found {
        try await onThread { () throws(JobStorageFailure) in
            let opened = try JobFolder(path: self.path)
            let found = try Self.load(opened, limits: limits, now: now, logger: self.logger)
            self.folder.withLock { $0 = opened }
            return found
        }
    }

    private static func load(_ folder: JobFolder, limits: JobLimits, now: Int64, logger: Logger)
        throws(JobStorageFailure) -> Found
    {
        let names = try folder.names()
        if names.foreign > 0 {
            let count = names.foreign
            logger.warning("task store holds files that are not its own", metadata: ["count": "\(count)"])
        }
        let limit = min(limits.resultBytes, 1 << 30) + JobRecord.margin
        var found = Found()
        var bytes = 0
        for name in names.records {
            guard
                let content = folder.read(name, atMost: limit),
                var record = JobRecord(content, fileName: name),
                // A day is more than clocks differ by; later ones would never expire.
                record.createdAt <= now + 86_400_000
            else {
                logger.warning("task record skipped: it can't be read", metadata: ["file": "\(name)"])
                continue
            }
            guard now - record.createdAt < record.lifetime else {
                folder.remove(name)
                continue
            }
            guard found.records.count < limits.kept, content.count <= limits.allResultBytes - bytes else {
                logger.warning("task record skipped: there is no room", metadata: ["file": "\(name)"])
                continue
            }
            if record.outcome == nil { interrupt(&record, folder, now, logger) }
            bytes += content.count
            found.sizes[record.id] = content.count
            found.records.append(record)
        }
        return found
    }

    private static func interrupt(
        _ record: inout JobRecord,
        _ folder: JobFolder,
        _ now: Int64,
        _ logger: Logger
    ) {
        record.outcome = .failure(JobError.interrupted)
        record.updatedAt = max(record.updatedAt, now)
        do throws(JobStorageFailure) {
            try folder.write(record.encoded(), to: record.fileName)
        } catch {
            // The next start reads the old record in the same way.
            logger.error("task record can't be written", metadata: ["cause": "\(error)"])
        }
    }

    /// Writes a record; cancelling the calling task does not stop it.
    ///
    /// - Throws: What failed; an old record of the job may be there still.
    func write(_ record: JobRecord) async throws(JobStorageFailure) {
        try await withFolder { folder throws(JobStorageFailure) in
            try folder.write(record.encoded(), to: record.fileName)
        }
    }

    /// Deletes the records of jobs.
    ///
    /// - Parameter ids: The identifiers of the jobs.
    func remove(_ ids: [String]) async {
        guard !ids.isEmpty else { return }
        do throws(JobStorageFailure) {
            try await withFolder { folder in
                for id in ids { folder.remove(JobRecord.fileName(of: id)) }
            }
        } catch {
            // They are deleted when the server starts, since they have expired.
            logger.error("task records can't be deleted", metadata: ["cause": "\(error)"])
        }
    }

    /// Lets go of the folder, so that another store may open it; nothing is written any more.
    func close() async {
        do throws(JobStorageFailure) {
            try await onThread { self.folder.withLock { $0 = nil } }
        } catch {
            // The folder is let go of with the storage.
            logger.error("task store can't be closed", metadata: ["cause": "\(error)"])
        }
    }

    /// Whether a record could be read back: not if it is nested too deeply, or has too many values.
    ///
    /// - Parameters:
    ///   - bytes: What would stand in the file.
    ///   - name: The name of the file.
    /// - Returns: Whether it could.
    /// - Throws: Where there is no thread to look.
    func isReadable(_ bytes: [UInt8], fileName name: String) async throws(JobStorageFailure) -> Bool {
        try await onThread { JobRecord(bytes, fileName: name) != nil }
    }

    private func withFolder<Value: Sendable>(
        _ body: @escaping @Sendable (JobFolder) throws(JobStorageFailure) -> Value
    ) async throws(JobStorageFailure) -> Value {
        try await onThread { () throws(JobStorageFailure) in
            guard let opened = self.folder.withLock({ $0 }) else {
                throw JobStorageFailure("the task store is not open")
            }
            return try body(opened)
        }
    }

    /// Runs a step to its end, whatever becomes of the calling task: a decided end must reach the disk.
    private func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws(JobStorageFailure) -> Value
    ) async throws(JobStorageFailure) -> Value {
        let step = Task { [threads] () -> Result<Value, JobStorageFailure> in
            do throws(BlockingThreadsRefusal) {
                return try await threads.run(body)
            } catch {
                return .failure(JobStorageFailure("the task store: no thread for it (\(error))"))
            }
        }
        return try await step.value.get()
    }
}
