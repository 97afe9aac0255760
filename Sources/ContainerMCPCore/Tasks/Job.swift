// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

/// One job as the store keeps it.
struct Job: Sendable {
    /// How an answer to questions comes back to the work that asked.
    typealias AskContinuation = CheckedContinuation<Result<[String: JobAnswer], ToolError>, Never>
    /// How a call that waits gets the job.
    typealias WaitContinuation = CheckedContinuation<Result<TaskSnapshot, JSONRPCError>, Never>

    /// How it ended, and when.
    struct End: Sendable {
        let outcome: JobOutcome
        let moment: Int64
    }

    /// How far it is.
    enum Phase: Sendable {
        /// It waits for a place, runs, or asks.
        case live
        /// Its end is decided and being recorded; readers see it as live until the record is safe, since a crash
        /// before that would change an end that they saw.
        case ending(End)
        /// It has ended.
        case ended(JobOutcome)
    }

    /// A question without an answer yet.
    struct OpenQuestion: Sendable {
        /// The key that clients see; names this question for the whole life of the job.
        let key: String
        /// The key of the work that asked.
        let handlerKey: String
        let request: InputRequest
        let round: UInt64
        let deadline: Int64
    }

    /// Questions that were asked together.
    struct Round: Sendable {
        var answers: [String: JobAnswer] = [:]
        let continuation: AskContinuation
    }

    /// A call that waits for the end, or for questions that it does not know.
    struct Waiter: Sendable {
        let continuation: WaitContinuation
        let knownKeys: Set<String>?
        let isClient: Bool

        /// Whether one of the questions is new to the caller, if it cares about them at all.
        func isNews(_ questions: [OpenQuestion]) -> Bool {
            guard let knownKeys else { return false }
            return questions.contains { !knownKeys.contains($0.key) }
        }
    }

    let id: String
    let owner: JobOwner
    let tool: String
    /// Whether it is written to the disk.
    let isRecorded: Bool
    let capabilities: ClientCapabilities
    let revision: ProtocolRevision
    let createdAt: Int64
    var updatedAt: Int64
    /// How long it is kept, in milliseconds from its creation.
    var lifetime: Int64
    var message: String?
    var phase = Phase.live
    var questions: [OpenQuestion] = []
    var rounds: [UInt64: Round] = [:]
    var roundsBegun = 0
    var lastQuestion = 0
    var waiters: [UInt64: Waiter] = [:]
    var reads = ReadWindow()
    /// Bytes of the stored outcome.
    var outcomeBytes = 0

    init(_ order: JobOrder, id: String, owner: JobOwner, isRecorded: Bool, lifetime: Int64, now: Int64) {
        self.id = id
        self.owner = owner
        tool = order.tool
        self.isRecorded = isRecorded
        capabilities = order.capabilities
        revision = order.revision
        createdAt = now
        updatedAt = now
        self.lifetime = lifetime
        message = order.message.map(Self.clipped)
    }

    /// Brings back a job that has ended.
    init(_ record: JobRecord, outcome: JobOutcome, bytes: Int) {
        id = record.id
        owner = .subject(record.subject)
        tool = record.tool
        isRecorded = true
        capabilities = ClientCapabilities()
        revision = .v20260728
        createdAt = record.createdAt
        updatedAt = record.updatedAt
        lifetime = record.lifetime
        message = Self.message(of: outcome)
        phase = .ended(outcome)
        outcomeBytes = bytes
    }

    /// When it is no longer kept.
    var expiresAt: Int64 {
        let (moment, isTooLate) = createdAt.addingReportingOverflow(lifetime)
        return isTooLate ? .max : moment
    }

    var isLive: Bool {
        if case .live = phase { true } else { false }
    }

    /// Whether clients see an end.
    var outcome: JobOutcome? {
        if case .ended(let outcome) = phase { outcome } else { nil }
    }

    /// When the next thing happens to it by itself.
    var due: Int64 {
        questions.reduce(expiresAt) { min($0, $1.deadline) }
    }

    /// Notes that something changed which clients see; never moves backwards.
    mutating func touch(_ now: Int64) {
        updatedAt = max(updatedAt, now)
    }

    func snapshot(_ now: Int64) -> TaskSnapshot {
        TaskSnapshot(
            id: id,
            statusMessage: message,
            createdAt: JobTime.text(createdAt),
            lastUpdatedAt: JobTime.text(updatedAt),
            ttl: lifetime,
            pollInterval: JobTime.pollInterval(age: max(now, createdAt) - createdAt),
            questions: questions.map { InputQuestion(key: $0.key, request: $0.request) },
            outcome: outcome
        )
    }

    /// The record of the job; nil where it is not written down.
    var record: JobRecord? {
        guard isRecorded, case .subject(let subject) = owner else { return nil }
        let end: End? =
            switch phase {
            case .live: nil
            case .ending(let end): end
            case .ended(let outcome): End(outcome: outcome, moment: updatedAt)
            }
        return JobRecord(
            id: id,
            subject: subject,
            tool: tool,
            createdAt: createdAt,
            updatedAt: max(updatedAt, end?.moment ?? updatedAt),
            lifetime: lifetime,
            outcome: end?.outcome
        )
    }

    /// What an ended job says about itself; never anything that a program wrote.
    static func message(of outcome: JobOutcome) -> String? {
        switch outcome {
        case .result(let result): result.isError ? "the tool reports an error; the result says which" : nil
        case .failure(let error): clipped(error.message)
        case .cancelled: nil
        }
    }

    /// A message on one line, cut to 512 bytes.
    static func clipped(_ text: String) -> String {
        var clipped = String.UnicodeScalarView()
        var bytes = 0
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            let shown: Unicode.Scalar = isControl ? " " : scalar
            bytes += UTF8.width(shown)
            guard bytes <= 512 else { break }
            clipped.append(shown)
        }
        return String(clipped)
    }
}
