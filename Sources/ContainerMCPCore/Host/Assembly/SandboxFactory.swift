// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox
internal import Logging

/// Makes the sandbox that the settings describe: its folders, its views, its quota.
struct SandboxFactory: Sendable {
    /// The numbers of the kinds of children.
    static let bashKind: UInt32 = 0
    static let pythonKind: UInt32 = 1
    /// The AppArmor profiles of the kinds, as in the folder `apparmor`.
    private static let bashProfile = "container-mcp-bash"
    private static let pythonProfile = "container-mcp-python"

    private(set) var settings: Settings
    let logger: Logger
    var metrics = ServerMetrics.disabled

    init(settings: Settings, logger: Logger, metrics: ServerMetrics = .disabled) {
        self.settings = settings
        self.logger = logger
        self.metrics = metrics
    }

    /// The same for a workspace at another place.
    ///
    /// - Parameters:
    ///   - path: The folder on the host.
    ///   - level: The level that the sandbox must have; nil for that of the settings.
    /// - Returns: It.
    func placed(at path: String, level: SandboxLevel? = nil) -> SandboxFactory {
        var placed = self
        placed.settings.sandbox.root = path
        if let level, let wanted = SandboxSettings.Level(rawValue: level.rawValue) {
            placed.settings.sandbox.level = wanted
        }
        return placed
    }

    /// Which kinds of children a sandbox is for.
    struct Kinds: OptionSet {
        let rawValue: Int
        static let bash = Kinds(rawValue: 1)
        static let python = Kinds(rawValue: 2)
    }

    /// The interpreter, or nil (and a warning) where none was named and none is found.
    func pythonInterpreter() throws(SandboxError) -> String? {
        do throws(SandboxError) {
            return try PythonInterpreter.find(named: settings.python.executable)
        } catch {
            guard settings.python.executable == nil else { throw error }
            logger.warning("system_run_python is not offered: \(error.message)")
            return nil
        }
    }

    /// The listed commands with the files they stand for.
    func programTable() -> ProgramTable {
        let programs = settings.bash.allowedCommands.map { command in
            let paths = ViewBuilder.paths(of: command)
            if paths.isEmpty {
                logger.warning("BASH_ALLOWED_COMMANDS: '\(command)' is not installed on this machine")
            }
            return ProgramTable.Program(entry: command, paths: paths)
        }
        return ProgramTable(
            programs: programs,
            searchPath: ChildEnvironment.searchPath.split(separator: ":").map(String.init)
        )
    }

    /// Makes the folders on the host.
    func makeFolders() throws(SandboxError) {
        let places = settings.sandbox
        // Where callers have workspaces of their own, what lies above these stays the server's.
        let owner = places.scope == .shared ? ChildIdentity(workspace: places.root) : nil
        try ServerProcess.makeFolder(places.root, mode: 0o755, owner: owner)
        try ServerProcess.makeFolder(places.dataFolder, mode: 0o755)
        try ServerProcess.makeFolder(places.tempFolder, mode: 0o711)
    }

    /// The workspace, opened once; all later access goes beneath this descriptor.
    func openWorkspace() throws(SandboxError) -> RootDirectory {
        let identity = ChildIdentity(workspace: settings.sandbox.root)
        let owner = identity.differs ? FileOwner(user: identity.user, group: identity.group) : nil
        do {
            return try RootDirectory(path: settings.sandbox.root, owner: owner)
        } catch {
            throw SandboxError(.badConfiguration, "SANDBOX_ROOT \(error)")
        }
    }

    /// The data folder.
    func openData() throws(SandboxError) -> RootDirectory {
        do {
            return try RootDirectory(path: settings.sandbox.dataFolder)
        } catch {
            throw SandboxError(.badConfiguration, "DATA_DIR \(error)")
        }
    }

    /// Whether the workspace holds more than it may.
    func isOverQuota(_ workspace: RootDirectory) -> Bool {
        let (bytes, names) = (settings.sandbox.workspaceBytes, settings.sandbox.workspaceNames)
        let deadline = ContinuousClock.now.advanced(by: .seconds(5))
        // What can't be counted counts as too much: an error inside a check is a refusal.
        let usage = try? workspace.usage(stopAtBytes: Int64(bytes), stopAtNames: names, deadline: deadline)
        return usage.map { !$0.fits(bytes: Int64(bytes), names: names) } ?? true
    }

    /// Starts a sandbox.
    ///
    /// - Parameters:
    ///   - kinds: The kinds of children it is for.
    ///   - commands: The programs of the bash view; nil for those of the settings.
    ///   - interpreter: The interpreter of the Python view.
    ///   - workspace: The opened workspace, for the quota.
    /// - Returns: It, ready to run.
    /// - Throws: ``SandboxError`` that says why no sandbox can be had.
    func start(
        _ kinds: Kinds,
        commands: [String]? = nil,
        interpreter: String?,
        workspace: RootDirectory
    ) async throws(SandboxError) -> Sandbox {
        var views: [UInt32: SandboxConfiguration.Kind] = [:]
        if kinds.contains(.bash) {
            views[Self.bashKind] = .init(
                view: try bashView(commands),
                temporaryBytes: settings.sandbox.temporaryBytes,
                sharedMemoryBytes: nil,
                // Where any program may run anyway, nothing is gained and just-in-time compilers are lost.
                forbidsNewCode: settings.sandbox.restrictsCommands
                    && !settings.sandbox.allowsWorkspacePrograms,
                profile: Self.bashProfile
            )
        }
        if kinds.contains(.python), let interpreter {
            views[Self.pythonKind] = .init(
                view: try pythonView(interpreter),
                temporaryBytes: settings.sandbox.temporaryBytes,
                profile: Self.pythonProfile
            )
        }
        if views.isEmpty {
            // The file tools alone need no child, but the report shows what the machine can do.
            views[Self.bashKind] = .init(
                view: try bashView([]),
                sharedMemoryBytes: nil,
                profile: Self.bashProfile
            )
        }
        var configuration = SandboxConfiguration(
            requirement: requirement,
            backend: settings.sandbox.backend,
            kinds: views,
            workspace: settings.sandbox.root,
            data: settings.sandbox.dataFolder,
            temporary: settings.sandbox.tempFolder,
            isWorkspaceFull: { isOverQuota(workspace) }
        )
        configuration.unnamedBytes = settings.sandbox.workspaceBytes
        configuration.onRestart = { [metrics] in metrics.launcherRestarted() }
        return try await Sandbox.start(configuration, logger: logger)
    }

    private var requirement: SandboxConfiguration.Requirement {
        switch settings.sandbox.level {
        case .automatic: .strongest
        case .full: .exactly(.full)
        case .noproc: .exactly(.noproc)
        case .filtered: .exactly(.filtered)
        case .none: .exactly(.none)
        }
    }

    private func bashView(_ commands: [String]?) throws(SandboxError) -> RuntimeView {
        var builder = ViewBuilder()
        guard builder.addProgram("/bin/bash") != nil else {
            throw SandboxError(.badConfiguration, "there is no /bin/bash on this machine; install bash")
        }
        if settings.sandbox.restrictsCommands {
            for command in commands ?? settings.bash.allowedCommands { builder.addCommand(command) }
        } else {
            builder.addEverything()
        }
        try addFolders(&builder)
        return builder.view
    }

    private func pythonView(_ interpreter: String) throws(SandboxError) -> RuntimeView {
        var builder = ViewBuilder()
        try builder.addPython(interpreter)
        try addFolders(&builder)
        return builder.view
    }

    private func addFolders(_ builder: inout ViewBuilder) throws(SandboxError) {
        try builder.addFolders(
            workspace: settings.sandbox.root,
            executable: settings.sandbox.allowsWorkspacePrograms,
            data: settings.sandbox.dataFolder
        )
    }
}
