// SPDX-License-Identifier: Apache-2.0

/// A task as it is at one moment, from which the messages of both forms of tasks are made.
public struct TaskSnapshot: Sendable, Equatable {
    /// The states of a task on the wire.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// It is being carried out or waits for its turn.
        case working = "working"
        /// It waits for answers.
        case inputRequired = "input_required"
        /// It has ended and has a result.
        case completed = "completed"
        /// It has ended without one.
        case failed = "failed"
        /// It was given up.
        case cancelled = "cancelled"
    }

    /// How a task ended.
    public enum Outcome: Sendable, Equatable {
        /// With what the call would have answered, a tool error included.
        case result(ToolResult)
        /// With what would have been a protocol error of the call.
        case failure(JSONRPCError)
        /// By being given up.
        case cancelled
    }

    /// The identifier; unguessable and fit for a header.
    public var id: String
    /// What is going on, for people and models; without output of what runs.
    public var statusMessage: String?
    /// When it was made: ISO 8601 in UTC with seconds.
    public var createdAt: String
    /// When its state, message or questions last changed: ISO 8601 in UTC with seconds.
    public var lastUpdatedAt: String
    /// How long it can be read from its creation on, in milliseconds, at least 1.
    public var ttl: Int64
    /// How long a client should wait between two looks, in milliseconds, at least 1.
    public var pollInterval: Int64
    /// The questions that are open, their keys never used before in the life of the task.
    public var questions: [InputQuestion]
    /// How it ended, nil before that.
    public var outcome: Outcome?

    /// Makes a snapshot; times below one millisecond become one.
    public init(
        id: String,
        statusMessage: String? = nil,
        createdAt: String,
        lastUpdatedAt: String,
        ttl: Int64,
        pollInterval: Int64,
        questions: [InputQuestion] = [],
        outcome: Outcome? = nil
    ) {
        self.id = id
        self.statusMessage = statusMessage
        self.createdAt = createdAt
        self.lastUpdatedAt = lastUpdatedAt
        self.ttl = max(ttl, 1)
        self.pollInterval = max(pollInterval, 1)
        self.questions = questions
        self.outcome = outcome
    }

    /// Whether it waits for answers.
    public var isAsking: Bool { outcome == nil && !questions.isEmpty }

    /// The state on the wire: a tool error is a failure in the legacy era and a result in the modern one.
    public func status(in era: ProtocolEra) -> Status {
        switch outcome {
        case nil: isAsking ? .inputRequired : .working
        case .result(let result)?: era == .legacy && result.isError ? .failed : .completed
        case .failure?: .failed
        case .cancelled?: .cancelled
        }
    }
}
