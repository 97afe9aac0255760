// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPSandbox

/// What became of a program that a manager ran.
public struct RunOutcome: Sendable, Equatable {
    /// Standard output as kept, with a mark where something is missing.
    public var output: String
    /// Standard error as kept, with a mark where something is missing.
    public var error: String
    /// The status as a shell would give it: 128 and the signal's number, 124 at the time limit, 137 at another limit.
    public var exitCode: Int
    /// The name of the signal that ended the program.
    public var signal: String?
    /// Whether the time limit ended it.
    public var timedOut = false
    /// The limit that ended it.
    public var limit: ProcessOutcome.Limit?
    /// Bytes of standard output that came.
    public var outputBytes: Int
    /// Bytes of standard error that came.
    public var errorBytes: Int
    /// Bytes of both streams that are not in ``output`` and ``error``.
    public var droppedBytes: Int
    /// The saved full text of standard output, or of standard error if only that was too long: a path in the workspace.
    public var outputFile: String?
    /// The saved full text of standard error, where standard output was saved as well.
    public var errorFile: String?
    /// Bytes in ``outputFile``.
    public var savedBytes: Int?

    /// Whether the program ended by itself with status 0.
    public var isSuccess: Bool { exitCode == 0 && signal == nil && !timedOut && limit == nil }

    /// The word for the audit log.
    public var word: String {
        if timedOut { return "timeout" }
        if let limit { return "limit_\(limit.rawValue)" }
        return isSuccess ? "success" : "failure"
    }
}
