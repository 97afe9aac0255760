// SPDX-License-Identifier: Apache-2.0

/// Runs programs confined, or plays a script in tests.
public protocol ProcessRunner: Sendable {
    /// What is in force for every child.
    var report: EnforcementReport { get }

    /// The workspace as a child sees it: `/workspace`, or its place on the host at level `filtered`.
    var workspacePath: String { get }

    /// The read-only data folder as a child sees it.
    var dataPath: String { get }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - request: The program with its limits.
    ///   - kind: The number of the kind of child, as configured.
    /// - Returns: What became of the program, also when a limit or the caller ended it.
    /// - Throws: ``SandboxError`` when the program was not started. Cancelling the task kills the whole tree and
    ///   returns an outcome with the ending `cancelled`.
    func run(_ request: ProcessRequest, as kind: UInt32) async throws(SandboxError) -> ProcessOutcome
}
