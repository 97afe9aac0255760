// SPDX-License-Identifier: Apache-2.0

/// Whose workspace one is; see `WORKSPACE_SCOPE`.
public enum WorkspaceKey: Sendable, Hashable {
    /// The one of everybody.
    case shared
    /// The one of a subject, which stays.
    case subject(String)
    /// The one of a session, an `/sse` connection or a stdio channel, which goes with it.
    case conversation(ConversationID)

    /// Finds out whose workspace a caller works in.
    ///
    /// - Parameters:
    ///   - caller: Who calls.
    ///   - scope: Who shares a workspace.
    /// - Throws: ``ToolError`` with code `denied` for a request that stands alone where each session has a workspace.
    public init(for caller: Caller, scope: SandboxSettings.Scope) throws(ToolError) {
        switch scope {
        case .shared: self = .shared
        case .subject: self = .subject(caller.subject.id)
        case .session:
            guard let conversation = caller.conversation else {
                throw ToolError(
                    .denied,
                    """
                    Each session has a workspace of its own here, and this request belongs to no session. Use a protocol \
                    revision with sessions (up to 2025-11-25), or a server with WORKSPACE_SCOPE=subject.
                    """
                )
            }
            self = .conversation(conversation)
        }
    }
}
