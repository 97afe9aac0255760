// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import Synchronization

/// Remembers what users agreed to: for how long, and that a sealed approval is used once.
final class ApprovalDesk: Sendable {
    /// For whom "always" has a meaning.
    enum Holder: Sendable, Hashable {
        /// A session or a channel, as long as it lives.
        case conversation(ConversationID)
        /// Someone who authenticated, for 30 minutes; the bytes of the name, since names that Unicode holds to be
        /// equivalent are two.
        case subject([UInt8])

        /// The holder of a caller's standing approvals; nil where a request stands alone and nobody has proven who
        /// sends it.
        init?(_ caller: Caller) {
            if let conversation = caller.conversation {
                self = .conversation(conversation)
            } else if caller.subject.isAuthenticated {
                self = .subject(Array(caller.subject.id.utf8))
            } else {
                return nil
            }
        }
    }

    /// One approval that came in a sealed state.
    struct Ticket: Sendable, Hashable {
        private let seal: String
        private let key: String

        init(_ seal: String, _ key: String) {
            self.seal = seal
            self.key = key
        }
    }

    private struct State {
        var standing: [Holder: [String: ContinuousClock.Instant?]] = [:]
        /// Tickets in use (nil) or used up, with the time when their seals have expired anyway.
        var tickets: [Ticket: ContinuousClock.Instant?] = [:]
    }

    static let subjectTime = Duration.seconds(1800)
    private static let holders = 1_024
    private static let approvalsOfHolder = 256
    private static let ticketLimit = 65_536

    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.now = now
    }

    /// Whether a holder has agreed to something for good.
    func isStanding(_ digest: String, for holder: Holder) -> Bool {
        let now = now()
        return state.withLock { state in
            guard let entry = state.standing[holder]?[digest] else { return false }
            guard let end = entry else { return true }
            return end > now
        }
    }

    /// Remembers that a holder agreed for good; forgotten where there is no room, which only means to ask again.
    func remember(_ digest: String, for holder: Holder) {
        let now = now()
        let end: ContinuousClock.Instant? = if case .subject = holder { now + Self.subjectTime } else { nil }
        state.withLock { state in
            if state.standing[holder] == nil, state.standing.count >= Self.holders {
                state.standing = state.standing.filter { entry in
                    entry.value.values.contains { $0.map { $0 > now } ?? true }
                }
                guard state.standing.count < Self.holders else { return }
            }
            var approvals = state.standing[holder] ?? [:]
            if approvals.count >= Self.approvalsOfHolder {
                approvals = approvals.filter { $0.value.map { $0 > now } ?? true }
                guard approvals.count < Self.approvalsOfHolder else { return }
            }
            approvals[digest] = .some(end)
            state.standing[holder] = approvals
        }
    }

    /// Forgets what was agreed to in a conversation that is over.
    func forget(_ conversation: ConversationID) {
        state.withLock { $0.standing[.conversation(conversation)] = nil }
    }

    /// Takes a sealed approval into use.
    ///
    /// - Throws: ``ToolError`` with code `denied` where it is in use or used up.
    func reserve(_ ticket: Ticket) throws(ToolError) {
        let now = now()
        try state.withLock { state throws(ToolError) in
            guard state.tickets[ticket] == nil else {
                throw ToolError(
                    .denied,
                    "This approval was used already, and one is good for one call. Call again to be asked again."
                )
            }
            if state.tickets.count >= Self.ticketLimit {
                state.tickets = state.tickets.filter { $0.value.map { $0 > now } ?? true }
            }
            guard state.tickets.count < Self.ticketLimit else {
                throw ToolError(.busy, "Too many approvals are in use. Try again later.")
            }
            state.tickets[ticket] = .some(nil)
        }
    }

    /// Gives an approval back, or notes that it is used up for as long as its seal could be shown again.
    func settle(_ ticket: Ticket, isSpent: Bool) {
        let end = now() + StateSeal.lifetime + .seconds(60)
        state.withLock { $0.tickets[ticket] = isSpent ? .some(.some(end)) : nil }
    }
}
