// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The audit log: one line of JSON for each call and for what happens to the server, in the file before the
/// reply.
///
/// The file has mode 0600 in a folder made with mode 0700. It is set aside when it has reached its size,
/// under the names `….1`, `….2` and so on; the oldest goes. Several servers may share it.
public final class AuditLog: Sendable {
    private let writer: AuditWriter
    private let keepsFullText: Bool
    private let now: @Sendable () -> AuditTime
    private let isHealthy = Atomic<Bool>(true)

    /// Opens the log as the settings say.
    ///
    /// - Throws: ``ToolError`` with code `internalFailure` when the file can't be written; the cause says
    ///   why.
    public convenience init(_ settings: AuditSettings) async throws(ToolError) {
        try await self.init(
            path: settings.path,
            maximumFileBytes: settings.maximumFileBytes,
            maximumFiles: settings.maximumFiles,
            keepsFullText: settings.keepsFullText
        )
    }

    /// Opens the log.
    ///
    /// - Parameters:
    ///   - path: The file; absolute. Missing folders are made.
    ///   - maximumFileBytes: The size that a file does not pass, unless one line alone is larger.
    ///   - maximumFiles: Files in all, the current one included; at least 1.
    ///   - keepsFullText: Whether the arguments of calls are written, and not only their digest and length.
    /// - Throws: ``ToolError`` with code `internalFailure` when the file can't be written; the cause says
    ///   why.
    public convenience init(
        path: String,
        maximumFileBytes: Int = 67_108_864,
        maximumFiles: Int = 4,
        keepsFullText: Bool = false
    ) async throws(ToolError) {
        try await self.init(
            path: path,
            maximumFileBytes: maximumFileBytes,
            maximumFiles: maximumFiles,
            keepsFullText: keepsFullText,
            lockAttempts: 2_000,
            now: { AuditTime.now() }
        )
    }

    init(
        path: String,
        maximumFileBytes: Int,
        maximumFiles: Int,
        keepsFullText: Bool,
        lockAttempts: Int,
        now: @escaping @Sendable () -> AuditTime
    ) async throws(ToolError) {
        let writer = AuditWriter(
            path: path,
            maximumBytes: maximumFileBytes,
            maximumFiles: maximumFiles,
            lockAttempts: lockAttempts
        )
        guard let writer else {
            throw ToolError(.internalFailure, Self.failureText, cause: "no thread for the audit log")
        }
        self.writer = writer
        self.keepsFullText = keepsFullText
        self.now = now
        try await write([])
    }

    deinit {
        writer.finish()
    }

    /// Writes one event; returns when the line is in the file.
    ///
    /// Cancellation does not stop it.
    ///
    /// - Throws: ``ToolError`` with code `internalFailure` and a fixed text. The call must then be answered
    ///   with it.
    ///
    /// System calls: `flock(2)`, `write(2)`, on a thread of its own.
    public func record(_ event: AuditEvent) async throws(ToolError) {
        try await write(AuditLine(event, time: now(), keepsFullText: keepsFullText).bytes)
    }

    /// Asks before a call runs whether its line could be written.
    ///
    /// Costs nothing after a line that was written. After one that was not, it tries to write that the log
    /// goes on, and makes sure that there is room for more.
    ///
    /// - Throws: ``ToolError`` with code `internalFailure` and a fixed text. The call must then not be run.
    public func ensureWritable() async throws(ToolError) {
        guard !isHealthy.load(ordering: .acquiring) else { return }
        // A disk that has room for this short line only would let a call run and then refuse its line.
        let line = AuditLine(AuditEvent(.resumed), time: now(), keepsFullText: keepsFullText)
        try await write(line.bytes, room: Self.roomToResume)
    }

    /// Takes no more events; what waits is still written.
    ///
    /// The file is closed soon after.
    public func close() {
        writer.finish()
    }

    /// Bytes for the lines of the calls that may run at once.
    private static let roomToResume = 65_536

    private func write(_ line: [UInt8], room: Int = 0) async throws(ToolError) {
        switch await writer.write(line, room: room) {
        case .success:
            isHealthy.store(true, ordering: .releasing)
        case .failure(let failure):
            isHealthy.store(false, ordering: .releasing)
            throw ToolError(
                .internalFailure,
                Self.failureText,
                cause: "audit log: \(failure.step), errno \(failure.number)"
            )
        }
    }

    private static let failureText =
        "The audit log can't be written, so calls are refused. Ask the operator to look at the server's log."
}
