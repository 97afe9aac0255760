// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import Synchronization

/// The files of the caller's workspace as resources, where callers have different ones.
///
/// The same URI is another file for another caller, and news of it go only to those who share the workspace.
final class ScopedResources: ResourceProvider {
    /// The most workspaces that are watched at once: each needs a thread, and the kernel allows few watchers.
    private static let watchedLimit = 64

    private struct Watched {
        /// Held while it is watched.
        let workspace: Workspace
        var count: Int
    }

    private let store: any WorkspaceStore
    private let scope: SandboxSettings.Scope
    private let watched = Mutex<[WorkspaceKey: Watched]>([:])
    let templates: [ResourceTemplate]

    init(_ store: any WorkspaceStore, scope: SandboxSettings.Scope, templates: [ResourceTemplate]) {
        self.store = store
        self.scope = scope
        self.templates = templates
    }

    func list(in context: CallContext) async throws(ToolError) -> [ResourceDescriptor] {
        try await store.workspace(for: context.caller).resources.list(in: context)
    }

    func read(_ uri: String, in context: CallContext) async throws(ToolError) -> [ResourceContents]? {
        // What is not a file is another provider's, also for a caller that has no workspace.
        guard try WorkspaceURI(parsing: uri) != nil else { return nil }
        return try await store.workspace(for: context.caller).resources.read(uri, in: context)
    }

    func complete(
        _ variable: String,
        of template: String,
        value: String,
        given: [String: String],
        in context: CallContext
    ) async throws(ToolError) -> [String] {
        try await store.workspace(for: context.caller).resources.complete(
            variable,
            of: template,
            value: value,
            given: given,
            in: context
        )
    }

    func watch(_ uri: String, in context: CallContext) async -> Bool {
        guard (try? WorkspaceURI(parsing: uri)) != nil else { return false }
        return await watch(for: context.caller) { await $0.watch(uri, in: context) }
    }

    func unwatch(_ uri: String, for caller: Caller) async {
        guard (try? WorkspaceURI(parsing: uri)) != nil else { return }
        await unwatch(for: caller) { await $0.unwatch(uri, for: caller) }
    }

    func watchList(for caller: Caller) async -> Bool {
        await watch(for: caller) { await $0.watchList(for: caller) }
    }

    func unwatchList(for caller: Caller) async {
        await unwatch(for: caller) { await $0.unwatchList(for: caller) }
    }

    private func watch(for caller: Caller, _ begin: (WorkspaceResources) async -> Bool) async -> Bool {
        guard let workspace = try? await store.workspace(for: caller) else { return false }
        let held = watched.withLock { watched -> Workspace? in
            if let held = watched[workspace.key] {
                watched[workspace.key]?.count += 1
                return held.workspace
            }
            guard watched.count < Self.watchedLimit else { return nil }
            watched[workspace.key] = Watched(workspace: workspace, count: 1)
            return workspace
        }
        guard let held else { return false }
        if await begin(held.resources) { return true }
        letGo(workspace.key)
        return false
    }

    private func unwatch(for caller: Caller, _ end: (WorkspaceResources) async -> Void) async {
        guard let key = try? WorkspaceKey(for: caller, scope: scope),
            let held = watched.withLock({ $0[key]?.workspace })
        else { return }
        await end(held.resources)
        letGo(key)
    }

    private func letGo(_ key: WorkspaceKey) {
        // Let go outside the lock: that may be the end of the workspace.
        let over = watched.withLock { watched -> Watched? in
            watched[key]?.count -= 1
            return watched[key]?.count == 0 ? watched.removeValue(forKey: key) : nil
        }
        _ = over
    }
}
