// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox
internal import Synchronization

/// The store of a server where each session, or each subject, has a workspace of its own.
final class ScopedWorkspaces: WorkspaceStore {
    /// The most workspaces that are kept ready; of subjects, the one that was used least recently is let go.
    private static let readyLimit = 256
    /// So many conversations that are over are remembered, so that nothing late begins their workspace anew.
    private static let endedLimit = 4_096

    private typealias Making = Task<Result<Workspace, ToolError>, Never>

    private struct Entry {
        let making: Making
        var lastUse: UInt64
    }

    private struct State {
        var entries: [WorkspaceKey: Entry] = [:]
        var ended: Set<ConversationID> = []
        var endedOrder: [ConversationID] = []
        var clock: UInt64 = 0
        var lastSession: UInt64 = 0
        var removals: [UInt64: Task<Void, Never>] = [:]
        var isOver = false
    }

    private let scope: SandboxSettings.Scope
    private let folders: WorkspaceFolders
    private let pool: SandboxPool
    private let threads = BlockingThreads(limit: 2, waiting: 1_024)
    private let make:
        @Sendable (WorkspaceKey, WorkspaceFolders.Place, @escaping @Sendable () -> Void) -> Workspace
    private let state = Mutex(State())

    /// Makes a store without workspaces.
    ///
    /// - Parameters:
    ///   - scope: Session or subject.
    ///   - folders: Their folders.
    ///   - pool: Their sandboxes.
    ///   - make: Puts a workspace together in a folder; the closure is told when nobody holds it any more.
    init(
        scope: SandboxSettings.Scope,
        folders: WorkspaceFolders,
        pool: SandboxPool,
        make:
            @escaping @Sendable (WorkspaceKey, WorkspaceFolders.Place, @escaping @Sendable () -> Void)
            -> Workspace
    ) {
        self.scope = scope
        self.folders = folders
        self.pool = pool
        self.make = make
    }

    func workspace(for caller: Caller) async throws(ToolError) -> Workspace {
        let key = try WorkspaceKey(for: caller, scope: scope)
        let making = try state.withLock { state throws(ToolError) in
            state.clock += 1
            if let entry = state.entries[key] {
                state.entries[key]?.lastUse = state.clock
                return entry.making
            }
            if case .conversation(let conversation) = key, state.ended.contains(conversation) {
                throw ToolError(.cancelled, "The session is over.")
            }
            guard !state.isOver else { throw ToolError(.cancelled, "The server stops.") }
            makeRoom(&state)
            state.lastSession += 1
            let number = state.lastSession
            let making = Making { [weak self] in
                await self?.begin(key, number) ?? .failure(ToolError(.cancelled, "The server stops."))
            }
            state.entries[key] = Entry(making: making, lastUse: state.clock)
            return making
        }
        let result = await making.value
        if case .failure = result {
            // The next call tries again.
            state.withLock { state in
                if state.entries[key]?.making == making { state.entries[key] = nil }
            }
        }
        return try result.get()
    }

    func existingWorkspace(for caller: Caller) async -> Workspace? {
        guard let key = try? WorkspaceKey(for: caller, scope: scope),
            let making = state.withLock({ $0.entries[key]?.making })
        else { return nil }
        return try? await making.value.get()
    }

    /// Lets the workspace of the subject go that was used least recently; whoever works in it keeps it that long.
    private func makeRoom(_ state: inout State) {
        // Sessions have a bound of their own, and a session's workspace must last as long as it does.
        guard scope == .subject, state.entries.count >= Self.readyLimit,
            let idle = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        else { return }
        state.entries[idle.key] = nil
    }

    private func begin(_ key: WorkspaceKey, _ number: UInt64) async -> Result<Workspace, ToolError> {
        let folders = folders
        let made: Result<WorkspaceFolders.Place, FileFailure>
        do throws(BlockingThreadsRefusal) {
            made = try await threads.run { () throws(FileFailure) in
                switch key {
                case .subject(let id): try folders.subject(id)
                case .conversation, .shared: try folders.session(number)
                }
            }
        } catch {
            return .failure(FileErrors.error(for: error))
        }
        switch made {
        case .success(let place):
            return .success(make(key, place) { [weak self] in self?.released(key, number) })
        case .failure(.noSpace):
            return .failure(
                ToolError(.limitExceeded, "There is no room on the server's disk for a workspace; try later.")
            )
        case .failure(let failure):
            return .failure(
                ToolError(
                    .internalFailure,
                    "The workspace could not be made; the server's log says why.",
                    cause: "\(failure)"
                )
            )
        }
    }

    /// Nobody works in a workspace any more: a session's folder goes, now that it can't be used again.
    private func released(_ key: WorkspaceKey, _ number: UInt64) {
        state.withLock { state in
            guard !state.isOver else { return }
            let (pool, threads, folders) = (pool, threads, folders)
            state.removals[number] = Task { [weak self] in
                // A subject's workspace may have been begun anew meanwhile; its sandbox then starts again.
                await pool.end(key)
                if case .conversation = key {
                    // What can't be removed now goes when the server stops, or when the next one starts.
                    _ = try? await threads.run { folders.removeSession(number) }
                }
                self?.state.withLock { _ = $0.removals.removeValue(forKey: number) }
            }
        }
    }

    func conversationEnded(_ conversation: ConversationID) {
        // Let go outside the lock: that may be the end of the workspace.
        let entry = state.withLock { state -> Entry? in
            guard scope == .session, state.ended.insert(conversation).inserted else { return nil }
            state.endedOrder.append(conversation)
            if state.endedOrder.count > Self.endedLimit { state.ended.remove(state.endedOrder.removeFirst()) }
            return state.entries.removeValue(forKey: .conversation(conversation))
        }
        _ = entry
    }

    func stop() async {
        let (entries, removals) = state.withLock { state in
            state.isOver = true
            defer { state.entries = [:] }
            return (state.entries, state.removals)
        }
        for entry in entries.values { _ = await entry.making.value }
        await pool.stop()
        for removal in removals.values { await removal.value }
        // A folder that stays behind is removed by the next server.
        let folders = folders
        _ = try? await threads.run { folders.removeInstance() }
        threads.shutdown()
    }
}
