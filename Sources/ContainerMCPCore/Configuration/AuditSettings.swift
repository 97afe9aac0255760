// SPDX-License-Identifier: Apache-2.0

/// Where and how the audit log is kept.
public struct AuditSettings: Sendable, Equatable {
    /// `AUDIT_LOG`: absolute path, in no folder that a child can see.
    public var path: String
    /// `AUDIT_FULL_TEXT`: arguments are kept, not only their digest.
    public var keepsFullText: Bool
    /// `AUDIT_MAX_MB`, in bytes.
    public var maximumFileBytes: Int
    /// `AUDIT_MAX_FILES`: files in all, at least 1.
    public var maximumFiles: Int
}
