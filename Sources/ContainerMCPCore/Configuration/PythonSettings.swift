// SPDX-License-Identifier: Apache-2.0

/// What Python code may do.
public struct PythonSettings: Sendable, Equatable {
    /// `PYTHON_ISOLATION`.
    public enum Isolation: String, Sendable, Equatable, CaseIterable {
        /// Children of a prepared interpreter.
        case zygote
        /// A fresh interpreter for each run.
        case fresh
    }

    /// `PYTHON_EXECUTABLE`: absolute path; nil looks for one.
    public var executable: String?
    /// `PYTHON_TIMEOUT_DEFAULT`; never more than ``timeoutMaximum``.
    public var timeout: Duration
    /// `PYTHON_TIMEOUT_MAX`: 1 s to 1 hour.
    public var timeoutMaximum: Duration
    /// `PYTHON_MEMORY_LIMIT`, in bytes.
    public var memoryBytes: Int
    /// `PYTHON_ISOLATION`.
    public var isolation: Isolation
}
