// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

/// What a server stands on: its folders, the sandbox that was tried out, and where the workspaces are.
struct ServerBase {
    let sandbox: Sandbox
    let interpreter: String?
    private let factory: SandboxFactory
    private let workspace: RootDirectory
    private let data: RootDirectory
    /// The folders of workspaces that are not shared.
    private let folders: WorkspaceFolders?

    private var settings: Settings { factory.settings }
    private var scope: SandboxSettings.Scope { settings.sandbox.scope }
    private var kinds: SandboxFactory.Kinds { settings.tools.offersSystem ? [.bash, .python] : [] }

    /// Makes the folders and starts the sandbox: that of the one workspace, else one in a folder of its own, which
    /// shows what each workspace will have.
    ///
    /// - Throws: ``SandboxError``, also where no sandbox can be had that keeps the promises.
    init(_ factory: SandboxFactory) async throws(SandboxError) {
        try factory.makeFolders()
        self.factory = factory
        data = try factory.openData()
        interpreter = factory.settings.tools.offersSystem ? try factory.pythonInterpreter() : nil
        let kinds: SandboxFactory.Kinds = factory.settings.tools.offersSystem ? [.bash, .python] : []
        guard factory.settings.sandbox.scope != .shared else {
            folders = nil
            workspace = try factory.openWorkspace()
            sandbox = try await factory.start(kinds, interpreter: interpreter, workspace: workspace)
            return
        }
        let folders = try WorkspaceFolders(path: factory.settings.sandbox.root)
        self.folders = folders
        do throws(SandboxError) {
            let place = try Self.probePlace(folders)
            workspace = place.root
            sandbox = try await factory.placed(at: place.path).start(
                kinds,
                interpreter: interpreter,
                workspace: place.root
            )
        } catch {
            _ = folders.removeInstance()
            throw error
        }
    }

    private static func probePlace(_ folders: WorkspaceFolders) throws(SandboxError) -> WorkspaceFolders.Place
    {
        do {
            return try folders.probe()
        } catch {
            throw SandboxError(.badConfiguration, "SANDBOX_ROOT can't hold workspaces: \(error)")
        }
    }

    /// Removes the folders that go with the server; blocks.
    func remove() {
        // What is left is removed by the next server.
        _ = folders?.removeInstance()
    }

    /// Makes the store of the workspaces.
    func workspaces(
        programs: ProgramTable,
        threads: BlockingThreads,
        changes: ChangeBus
    ) -> any WorkspaceStore {
        guard let folders else {
            let (factory, workspace) = (factory, workspace)
            let maker = maker(factory, workspace, sandbox, programs, threads) {
                commands async throws(SandboxError) in
                try await factory.start(.bash, commands: commands, interpreter: nil, workspace: workspace)
            }
            return SharedWorkspace(workspace: maker.workspace(.shared, changes: changes))
        }
        // As many as calls can run at once always find a place.
        let limit = max(8, settings.limits.exec.running)
        let pool = SandboxPool(limit: limit, report: sandbox.report)
        return ScopedWorkspaces(scope: scope, folders: folders, pool: pool) { key, place, release in
            let factory = self.factory.placed(at: place.path, level: sandbox.report.level)
            let runner = self.runner(factory, place, SandboxPool.Name(workspace: key), pool)
            return self.maker(factory, place.root, runner, programs, threads) {
                commands async throws(SandboxError) in
                self.runner(factory, place, SandboxPool.Name(workspace: key, programs: commands), pool)
            }.workspace(key, changes: changes, release: release)
        }
    }

    private func maker(
        _ factory: SandboxFactory,
        _ workspace: RootDirectory,
        _ runner: any ProcessRunner,
        _ programs: ProgramTable,
        _ threads: BlockingThreads,
        narrowed: @escaping @Sendable ([String]) async throws(SandboxError) -> any ProcessRunner
    ) -> WorkspaceMaker {
        WorkspaceMaker(
            settings: factory.settings,
            factory: factory,
            sandbox: runner,
            narrowed: narrowed,
            workspace: workspace,
            data: data,
            interpreter: interpreter,
            programs: programs,
            threads: threads
        )
    }

    private func runner(
        _ factory: SandboxFactory,
        _ place: WorkspaceFolders.Place,
        _ name: SandboxPool.Name,
        _ pool: SandboxPool
    ) -> PooledRunner {
        let hasOwnRoot = sandbox.report.level.hasOwnRoot
        let (interpreter, kinds) = (interpreter, kinds)
        return PooledRunner(
            pool: pool,
            name: name,
            report: sandbox.report,
            workspacePath: hasOwnRoot ? "/workspace" : place.path,
            dataPath: sandbox.dataPath
        ) { () async throws(SandboxError) in
            if let programs = name.programs {
                return try await factory.start(
                    .bash,
                    commands: programs,
                    interpreter: nil,
                    workspace: place.root
                )
            }
            return try await factory.start(kinds, interpreter: interpreter, workspace: place.root)
        }
    }

    /// The files of the workspaces as resources.
    func resources(of workspaces: any WorkspaceStore) -> any ResourceProvider {
        if let shared = workspaces as? SharedWorkspace { return shared.workspace.resources }
        return ScopedResources(
            workspaces,
            scope: scope,
            templates: WorkspaceResources.templates(of: [.workspace, .data])
        )
    }
}
