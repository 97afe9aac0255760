// SPDX-License-Identifier: Apache-2.0

/// What the writer's thread starts with.
final class AuditThreadStart: Sendable {
    let writer: AuditWriter
    let path: String
    let maximumBytes: Int
    let maximumFiles: Int
    let lockAttempts: Int

    init(writer: AuditWriter, path: String, maximumBytes: Int, maximumFiles: Int, lockAttempts: Int) {
        self.writer = writer
        self.path = path
        self.maximumBytes = maximumBytes
        self.maximumFiles = maximumFiles
        self.lockAttempts = lockAttempts
    }
}
