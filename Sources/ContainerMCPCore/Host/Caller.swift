// SPDX-License-Identifier: Apache-2.0

/// Who makes a call.
public struct Caller: Sendable, Hashable {
    /// Who was authenticated.
    public var subject: Subject
    /// The session or connection that calls, which has limits of its own; a short text fit for the audit log.
    public var session: String
    /// The identifier of the request, for the audit log.
    public var request: String?
    /// The conversation that the call belongs to: a session, an `/sse` connection or a stdio channel.
    ///
    /// Nil for 2026-07-28 over HTTP, where every request stands alone.
    public var conversation: ConversationID?

    /// Makes a caller.
    public init(
        subject: Subject = .anonymous,
        session: String,
        request: String? = nil,
        conversation: ConversationID? = nil
    ) {
        self.subject = subject
        self.session = session
        self.request = request
        self.conversation = conversation
    }
}
