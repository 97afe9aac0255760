// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct WorkspaceKeyTests {
    private static let ann = Subject(id: "ann", isAuthenticated: true)
    private let conversation = ConversationID()

    @Test func `the scope decides whose workspace a caller works in`() throws {
        let caller = Caller(subject: Self.ann, session: "s", conversation: conversation)
        #expect(try WorkspaceKey(for: caller, scope: .shared) == .shared)
        #expect(try WorkspaceKey(for: caller, scope: .subject) == .subject("ann"))
        #expect(try WorkspaceKey(for: caller, scope: .session) == .conversation(conversation))
    }

    @Test func `a request without a session has a workspace unless each session has its own`() throws {
        let caller = Caller(subject: Self.ann, session: "s")
        #expect(try WorkspaceKey(for: caller, scope: .subject) == .subject("ann"))
        let error = #expect(throws: ToolError.self) { try WorkspaceKey(for: caller, scope: .session) }
        #expect(error?.code == .denied)
        #expect(error?.message.contains("WORKSPACE_SCOPE=subject") == true)
    }

    @Test func `nobody can name itself into the workspace of a subject`() throws {
        let liar = Caller(subject: Subject(id: "ann", isAuthenticated: false), session: "s")
        #expect(try WorkspaceKey(for: liar, scope: .subject) == .subject(Subject.anonymousID))
    }
}
