// SPDX-License-Identifier: Apache-2.0

/// The bounds of a ``JobStore``; numbers below 1 become 1, negative times become 0.
public struct JobLimits: Sendable, Equatable {
    /// Jobs of one owner, ended ones included.
    public var keptPerOwner: Int
    /// Jobs of one owner that have not ended.
    public var livePerOwner: Int
    /// Jobs of all owners, ended ones included.
    public var kept: Int
    /// Bytes of one stored outcome, as JSON.
    public var resultBytes: Int
    /// Bytes of all stored outcomes together, as JSON.
    public var allResultBytes: Int
    /// Questions of one job that wait for an answer at the same time.
    public var openQuestions: Int
    /// How often one job may ask.
    public var rounds: Int
    /// How long a question waits for its answer.
    public var questionTime: Duration
    /// Calls that wait for the end of one job.
    public var waiters: Int
    /// Reads of one job in a second.
    public var readsPerSecond: Int
    /// How long a job may wait for a place to run.
    public var slotWait: Duration
    /// How long an outcome can be read after the longest run.
    public var readingTime: Duration
    /// The least of ``readingTime`` that a client can wish for.
    public var shortestReadingTime: Duration
    /// The longest life that a client can wish for.
    public var longestLifetime: Duration

    /// Makes bounds.
    public init(
        keptPerOwner: Int = 32,
        livePerOwner: Int = 8,
        kept: Int = 256,
        resultBytes: Int = 16 << 20,
        allResultBytes: Int = 128 << 20,
        openQuestions: Int = 8,
        rounds: Int = 8,
        questionTime: Duration = .seconds(600),
        waiters: Int = 4,
        readsPerSecond: Int = 20,
        slotWait: Duration = .seconds(300),
        readingTime: Duration = .seconds(600),
        shortestReadingTime: Duration = .seconds(60),
        longestLifetime: Duration = .seconds(86_400)
    ) {
        self.keptPerOwner = max(keptPerOwner, 1)
        self.livePerOwner = max(livePerOwner, 1)
        self.kept = max(kept, 1)
        self.resultBytes = max(resultBytes, 1)
        self.allResultBytes = max(allResultBytes, 1)
        self.openQuestions = max(openQuestions, 1)
        self.rounds = max(rounds, 1)
        self.questionTime = max(questionTime, .zero)
        self.waiters = max(waiters, 1)
        self.readsPerSecond = max(readsPerSecond, 1)
        self.slotWait = max(slotWait, .zero)
        self.readingTime = max(readingTime, .zero)
        self.shortestReadingTime = max(shortestReadingTime, .zero)
        self.longestLifetime = max(longestLifetime, .zero)
    }

    /// How long a job is kept from its creation on, in milliseconds, at least 1.
    ///
    /// - Parameters:
    ///   - wallLimit: The longest time that the work may run.
    ///   - wish: What the client wishes, in milliseconds, if anything; moved to the nearer end of what is possible.
    /// - Returns: The time.
    func lifetime(wallLimit: Duration, wish: Int64?) -> Int64 {
        let running = JobTime.milliseconds(wallLimit) + JobTime.milliseconds(slotWait)
        guard let wish else { return max(running + JobTime.milliseconds(readingTime), 1) }
        let shortest = max(running + JobTime.milliseconds(shortestReadingTime), 1)
        return min(max(wish, shortest), max(JobTime.milliseconds(longestLifetime), shortest))
    }
}
