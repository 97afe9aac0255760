// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox
internal import Logging

/// What the managers' `fromEnvironment(_:)` share: settings, folders, and a sandbox for one kind of child.
struct ManagerEnvironment {
    let settings: Settings
    let factory: SandboxFactory
    let workspace: RootDirectory
    let data: RootDirectory

    /// Reads the settings and makes the folders.
    ///
    /// - Parameter environment: Names and values as in the documentation of the settings.
    /// - Throws: ``ServerStartFailure`` that tells every problem.
    init(_ environment: [String: String]) throws(ServerStartFailure) {
        do throws(SettingsError) {
            settings = try Settings.load(
                environment: environment,
                currentDirectory: ServerProcess.currentDirectory(),
                servesNetwork: false
            )
        } catch {
            throw ServerStartFailure(.failed, "\(error)")
        }
        guard settings.sandbox.scope == .shared else {
            throw ServerStartFailure(
                .failed,
                """
                WORKSPACE_SCOPE=\(settings.sandbox.scope.rawValue) is for a server; a manager by itself works in one \
                workspace. Make one manager for each caller, with a SANDBOX_ROOT of its own, or use ContainerMCPServer.
                """
            )
        }
        factory = SandboxFactory(settings: settings, logger: Logger(label: "container-mcp"))
        do throws(SandboxError) {
            try factory.makeFolders()
            workspace = try factory.openWorkspace()
            data = try factory.openData()
        } catch {
            throw ServerStartFailure(.failed, error.message)
        }
    }

    /// Starts the sandbox and gives the tools' pieces.
    func tools(_ kinds: SandboxFactory.Kinds, interpreter: String?) async throws(ServerStartFailure)
        -> WorkspaceMaker
    {
        do throws(SandboxError) {
            let sandbox = try await factory.start(kinds, interpreter: interpreter, workspace: workspace)
            let (factory, workspace) = (factory, workspace)
            return WorkspaceMaker(
                settings: settings,
                factory: factory,
                sandbox: sandbox,
                narrowed: { commands async throws(SandboxError) in
                    try await factory.start(.bash, commands: commands, interpreter: nil, workspace: workspace)
                },
                workspace: workspace,
                data: data,
                interpreter: interpreter,
                programs: factory.programTable(),
                threads: BlockingThreads(limit: 4, waiting: settings.limits.files.waiting)
            )
        } catch {
            throw ServerStartFailure(error.code == .unavailable ? .noSandbox : .failed, error.message)
        }
    }
}

extension PolicyEngine {
    /// Makes the engine that the settings describe, for embedding programs.
    ///
    /// - Parameter environment: Names and values as in the documentation of the settings.
    /// - Returns: The engine.
    /// - Throws: ``ServerStartFailure`` that tells every problem.
    public static func fromEnvironment(
        _ environment: [String: String]
    ) throws(ServerStartFailure) -> PolicyEngine {
        let surroundings = try ManagerEnvironment(environment)
        let settings = surroundings.settings
        return PolicyEngine(
            settings: PolicySettings(settings, programs: surroundings.factory.programTable(), []),
            file: try PolicyFile.load(settings.tools.policyFile)
        )
    }
}

extension BashManager {
    /// Makes a manager with a sandbox of its own, as the settings describe; the sandbox ends with the manager.
    ///
    /// - Parameter environment: Names and values as in the documentation of the settings.
    /// - Returns: The manager.
    /// - Throws: ``ServerStartFailure``, also where no sandbox can be had that keeps the promises.
    public static func fromEnvironment(
        _ environment: [String: String]
    ) async throws(ServerStartFailure) -> BashManager {
        try await ManagerEnvironment(environment).tools(.bash, interpreter: nil).bash
    }
}

extension PythonManager {
    /// Makes a manager with a sandbox of its own, as the settings describe; the sandbox ends with the manager.
    ///
    /// - Parameter environment: Names and values as in the documentation of the settings.
    /// - Returns: The manager.
    /// - Throws: ``ServerStartFailure``, also where no sandbox can be had or no interpreter is found.
    public static func fromEnvironment(
        _ environment: [String: String]
    ) async throws(ServerStartFailure) -> PythonManager {
        let surroundings = try ManagerEnvironment(environment)
        let interpreter: String
        do throws(SandboxError) {
            interpreter = try PythonInterpreter.find(named: surroundings.settings.python.executable)
        } catch {
            throw ServerStartFailure(.failed, error.message)
        }
        return try await surroundings.tools(.python, interpreter: interpreter).python(interpreter)
    }
}

extension SandboxFileManager {
    /// Makes a manager for the folders that the settings name.
    ///
    /// - Parameter environment: Names and values as in the documentation of the settings.
    /// - Returns: The manager.
    /// - Throws: ``ServerStartFailure`` that tells every problem.
    public static func fromEnvironment(
        _ environment: [String: String]
    ) async throws(ServerStartFailure) -> SandboxFileManager {
        let surroundings = try ManagerEnvironment(environment)
        let settings = surroundings.settings
        return WorkspaceMaker.files(
            settings: settings,
            factory: surroundings.factory,
            workspace: surroundings.workspace,
            data: surroundings.data,
            threads: BlockingThreads(
                limit: settings.limits.files.running,
                waiting: settings.limits.files.waiting
            )
        )
    }
}
