// SPDX-License-Identifier: Apache-2.0

/// Where a tool finds the manager that works for its caller: one for everybody, or one for each workspace.
public struct ManagerSource<Manager: Sendable>: Sendable {
    private struct Found {
        let manager: Manager
        /// Held while the manager works.
        let keeper: (any AnyObject & Sendable)?
    }

    private let find: @Sendable (Caller) async throws(ToolError) -> Found

    /// Makes a source that has the same manager for everybody.
    public init(_ manager: Manager) {
        find = { _ in Found(manager: manager, keeper: nil) }
    }

    /// Makes a source that looks for the workspace of a caller.
    ///
    /// - Parameters:
    ///   - workspaces: Where the workspaces are; the one that is found is held while its manager works.
    ///   - manager: Picks the manager.
    init(
        _ workspaces: any WorkspaceStore,
        _ manager: @escaping @Sendable (Workspace) throws(ToolError) -> Manager
    ) {
        find = { caller async throws(ToolError) in
            let workspace = try await workspaces.workspace(for: caller)
            return Found(manager: try manager(workspace), keeper: workspace)
        }
    }

    /// Makes a source that has a manager for nobody.
    init(refusing error: ToolError) {
        find = { _ async throws(ToolError) in throw error }
    }

    /// Works with the manager of a caller.
    ///
    /// - Parameters:
    ///   - caller: Who calls.
    ///   - work: What to do; the manager is good for as long as this goes on.
    /// - Returns: What `work` returned.
    /// - Throws: ``ToolError`` of `work`, or because the caller has no workspace or none can be made now.
    public func use<Value>(
        for caller: Caller,
        _ work: (Manager) async throws(ToolError) -> Value
    ) async throws(ToolError) -> Value {
        let found = try await find(caller)
        defer { withExtendedLifetime(found.keeper) {} }
        return try await work(found.manager)
    }
}
