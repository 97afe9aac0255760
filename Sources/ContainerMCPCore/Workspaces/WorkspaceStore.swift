// SPDX-License-Identifier: Apache-2.0

/// Knows the workspaces, and whose is whose.
protocol WorkspaceStore: Sendable {
    /// The workspace that a caller works in; made where there is none yet.
    ///
    /// Whoever holds the workspace keeps its folder from going away.
    ///
    /// - Throws: ``ToolError`` where the caller has none, or none can be made now.
    func workspace(for caller: Caller) async throws(ToolError) -> Workspace

    /// The workspace that a caller works in, if there is one.
    func existingWorkspace(for caller: Caller) async -> Workspace?

    /// Takes the news that a conversation is over: its workspace goes when its last call has ended.
    func conversationEnded(_ conversation: ConversationID)

    /// Ends all sandboxes of its own, and removes the workspaces that stay no longer than the server.
    func stop() async
}

extension WorkspaceStore {
    /// Where tools find the managers of files.
    var files: ManagerSource<SandboxFileManager> { ManagerSource(self) { $0.files } }

    /// Where tools find the managers of commands.
    var bash: ManagerSource<BashManager> { ManagerSource(self) { $0.bash } }

    /// Where tools find the managers of Python.
    var python: ManagerSource<PythonManager> {
        ManagerSource(self) { workspace throws(ToolError) in
            guard let python = workspace.python else {
                throw ToolError(.noSandbox, "There is no Python interpreter on this server.")
            }
            return python
        }
    }
}
