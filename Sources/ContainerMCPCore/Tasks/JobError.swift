// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// The errors of the protocol that a ``JobStore`` answers with.
public enum JobError {
    /// No such job, or one that has expired, or one of somebody else: one text for all, so that it tells nothing.
    public static let unknown = JSONRPCError.unknownTask
    /// The owner, or the whole server, keeps as many jobs as it may.
    public static let tooMany = JSONRPCError(
        .internalError,
        "busy: too many tasks are kept; wait until some end or expire, or cancel one, and try again"
    )
    /// One job is read too often; 429 over HTTP.
    public static let readTooOften = JSONRPCError(
        .internalError,
        "busy: the task is read too often; keep to its poll interval"
    )
    /// As many calls wait for the end of one job as may.
    public static let tooManyWaiters = JSONRPCError(
        .internalError,
        "busy: too many requests wait for the end of this task"
    )
    /// A wait for the end of a job was given up; nobody reads it.
    public static let waitGivenUp = JSONRPCError(.internalError, "the wait for the task was given up")
    /// A job that has ended can't be cancelled, in the form of 2025-11-25.
    public static let alreadyEnded = JSONRPCError.taskHasEnded
    /// The cursor names no place in the list.
    public static let badCursor = JSONRPCError(
        .invalidParams,
        "the cursor does not belong to this list; start again without one"
    )
    /// The server stopped while the job ran.
    public static let interrupted = JSONRPCError(.internalError, "interrupted by a restart")
    /// No job is begun any more.
    public static let stopping = JSONRPCError(.internalError, "the server is stopping")
    /// The record of a job can't be written.
    public static let storeFailed = JSONRPCError(.internalError, "the task can't be recorded")
}
