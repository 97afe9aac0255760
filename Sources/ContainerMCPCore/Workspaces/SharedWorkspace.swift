// SPDX-License-Identifier: Apache-2.0

/// The store of a server where everybody shares one workspace.
struct SharedWorkspace: WorkspaceStore {
    let workspace: Workspace

    func workspace(for caller: Caller) async throws(ToolError) -> Workspace { workspace }

    func existingWorkspace(for caller: Caller) async -> Workspace? { workspace }

    func conversationEnded(_ conversation: ConversationID) {}

    func stop() async { workspace.resources.stop() }
}
