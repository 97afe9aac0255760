// SPDX-License-Identifier: Apache-2.0

/// What commands may do.
public struct BashSettings: Sendable, Equatable {
    /// `BASH_ALLOWED_COMMANDS`: names of programs without a path; empty allows none.
    public var allowedCommands: [String]
    /// `BASH_TIMEOUT_DEFAULT`; never more than ``timeoutMaximum``.
    public var timeout: Duration
    /// `BASH_TIMEOUT_MAX`: 1 s to 1 hour.
    public var timeoutMaximum: Duration
    /// `BASH_MEMORY_LIMIT`, in bytes.
    public var memoryBytes: Int
}
