// SPDX-License-Identifier: Apache-2.0

/// Which answer a task becomes.
public enum TaskMessage: Sendable, Hashable {
    /// The answer to the `tools/call` that made the task.
    case handle
    /// The answer to `tasks/get`.
    case get
    /// The answer to `tasks/cancel`.
    case cancelled
    /// The answer to `tasks/result`, of an ended task; 2025-11-25 only.
    case result
}
