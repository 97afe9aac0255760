// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPSandbox
public import Logging

/// Everything a server is made of, put together from settings: folders, sandbox, managers, tools, policy, audit.
///
/// The executables and the command line are thin shells around it, and embedding programs may use it as it is.
public final class ContainerMCPServer: Sendable {
    /// The version of the library and its programs.
    public static let version = "0.1.0"

    /// The settings in force; in test mode with throw-away folders.
    public let settings: Settings
    /// What carries out tool calls.
    public let host: ToolHost
    /// What answers requests.
    public let service: MCPService
    /// What the kernel confirmed about the sandbox.
    public let report: EnforcementReport
    private let sandbox: Sandbox
    private let audit: AuditLog
    private let folders: TestModeFolders?
    private let threads: BlockingThreads
    private let workspaces: any WorkspaceStore
    private let upkeep: Task<Void, Never>
    private let logger: Logger

    private init(
        settings: Settings,
        host: ToolHost,
        service: MCPService,
        sandbox: Sandbox,
        audit: AuditLog,
        folders: TestModeFolders?,
        threads: BlockingThreads,
        workspaces: any WorkspaceStore,
        logger: Logger
    ) {
        self.settings = settings
        self.host = host
        self.sandbox = sandbox
        self.audit = audit
        self.folders = folders
        self.threads = threads
        self.workspaces = workspaces
        upkeep = Task {
            async let tidied: Void = service.keepTidy()
            // A cancelled sleep means that the server stops.
            while (try? await Task.sleep(for: .seconds(30))) != nil { ServerProcess.returnMemory() }
            await tidied
        }
        self.logger = logger
        report = sandbox.report
        self.service = service
    }

    private static let name = "container-mcp"
    private static let instructions = """
        Commands, Python and file tools share one workspace, /workspace; /data can be read. Nothing reaches a network. \
        A result with success false tells what happened; isError means that nothing was run.
        """

    /// Begins to put a server together, and gives at once a service that can greet clients meanwhile.
    ///
    /// No tool call is served before the sandbox has passed its probe; those that come early wait.
    ///
    /// - Parameters:
    ///   - settings: Checked settings.
    ///   - logger: Where the server's own messages go.
    ///   - metrics: Where it is counted what happens; see ``PrometheusMetrics``.
    /// - Returns: The service, and the server when it is ready; its task throws ``ServerStartFailure``.
    public static func begin(
        _ settings: Settings,
        logger: Logger,
        metrics: ServerMetrics = .disabled
    ) -> (service: MCPService, server: Task<ContainerMCPServer, any Error>) {
        let promise = HostPromise()
        let service: MCPService
        do throws(ServerStartFailure) {
            service = try self.service(for: settings, promise, logger, metrics)
        } catch {
            promise.fulfil(nil)
            let failure = error
            let refusing = MCPService(
                promise,
                offer: Catalogue.Names(),
                name: name,
                version: version,
                instructions: instructions,
                options: ServiceOptions()
            )
            return (refusing, Task { throw failure })
        }
        let server = Task {
            // The one who waits for the server tells why it does not start.
            defer { promise.fulfil(nil) }
            return try await start(settings, service: service, promise, further: [], logger: logger)
        }
        return (service, server)
    }

    /// Makes the service, before there is a host.
    private static func service(
        for settings: Settings,
        _ promise: HostPromise,
        _ logger: Logger,
        _ metrics: ServerMetrics
    ) throws(ServerStartFailure) -> MCPService {
        var options = try ServiceOptions(settings, logger: logger)
        options.metrics = metrics
        // The same list as the registry will hold; only a missing interpreter can make them differ.
        let hasPython =
            settings.tools.offersSystem
            && (try? PythonInterpreter.find(named: settings.python.executable)) != nil
        let tools = PolicySettings.toolNames(settings).filter { hasPython || $0 != .runPython }
        return MCPService(
            promise,
            offer: Catalogue.Names(
                tools: Set(tools.map(\.rawValue)),
                prompts: BuiltInTools.promptNames(settings, hasPython: hasPython),
                hasResources: true
            ),
            name: name,
            version: version,
            instructions: instructions,
            options: options
        )
    }

    /// Puts a server together and starts its sandbox.
    ///
    /// - Parameters:
    ///   - settings: Checked settings.
    ///   - further: Further tools of an embedding program.
    ///   - logger: Where the server's own messages go.
    ///   - metrics: Where it is counted what happens; see ``PrometheusMetrics``.
    /// - Returns: It, ready to run.
    /// - Throws: ``ServerStartFailure``, also where no sandbox can be had that keeps the promises.
    public static func start(
        _ settings: Settings,
        tools further: [any Tool] = [],
        logger: Logger,
        metrics: ServerMetrics = .disabled
    ) async throws(ServerStartFailure) -> ContainerMCPServer {
        let promise = HostPromise()
        let service = try service(for: settings, promise, logger, metrics)
        return try await start(settings, service: service, promise, further: further, logger: logger)
    }

    private static func start(
        _ settings: Settings,
        service: MCPService,
        _ promise: HostPromise,
        further: [any Tool],
        logger: Logger
    ) async throws(ServerStartFailure) -> ContainerMCPServer {
        var settings = settings
        var folders: TestModeFolders?
        do throws(ToolError) {
            if settings.isTestMode {
                let made = try TestModeFolders()
                folders = made
                settings = settings.using(made)
            }
        } catch {
            throw ServerStartFailure(.failed, "\(error.message) (\(error.cause ?? ""))")
        }
        do throws(ServerStartFailure) {
            let server = try await assemble(
                settings,
                folders: folders,
                further: further,
                service: service,
                logger: logger
            )
            promise.fulfil(server.host)
            return server
        } catch {
            // A folder that stays behind is told about; the reason for the failed start matters more.
            try? folders?.remove()
            throw error
        }
    }

    private static func assemble(
        _ settings: Settings,
        folders: TestModeFolders?,
        further: [any Tool],
        service: MCPService,
        logger: Logger
    ) async throws(ServerStartFailure) -> ContainerMCPServer {
        let factory = SandboxFactory(settings: settings, logger: logger, metrics: service.metrics)
        let base: ServerBase
        do throws(SandboxError) {
            try ServerProcess.harden()
            base = try await ServerBase(factory)
        } catch {
            let code: ServerStartFailure.Code = error.code == .unavailable ? .noSandbox : .failed
            throw ServerStartFailure(code, error.message)
        }
        let sandbox = base.sandbox
        do {
            service.metrics.serverStarted(version: Self.version)
            service.metrics.sandboxStarted(at: sandbox.report.level)
            let audit = try await AuditLog(settings.audit)
            let policyFile = try PolicyFile.load(settings.tools.policyFile)
            let programs = factory.programTable()
            let policy = PolicyEngine(
                settings: PolicySettings(settings, programs: programs, further),
                file: policyFile
            )
            let threads = BlockingThreads(
                limit: settings.limits.files.running,
                waiting: settings.limits.files.waiting
            )
            let changes = ChangeBus(scope: settings.sandbox.scope)
            let workspaces = base.workspaces(programs: programs, threads: threads, changes: changes)
            let health = ServerHealth(
                settings: settings,
                runner: sandbox,
                hasPython: base.interpreter != nil
            )
            let builtIn = BuiltInTools(
                settings: settings,
                interpreter: base.interpreter,
                programs: programs,
                bash: workspaces.bash,
                python: workspaces.python,
                files: workspaces.files,
                health: health
            )
            let registry = try ToolRegistry(builtIn.all + further)
            let warning = settings.sandbox.level == .none ? "This server runs without a sandbox." : nil
            var providers: [any ResourceProvider] = [
                StaticResources([
                    .sandboxReport(sandbox.report),
                    .settings(ConfigurationReport(settings)),
                ])
            ]
            if settings.tools.offersFiles { providers.append(base.resources(of: workspaces)) }
            let host = ToolHost(
                catalogue: Catalogue(
                    tools: registry,
                    prompts: builtIn.prompts,
                    providers: providers,
                    changes: changes
                ),
                policy: policy,
                audit: audit,
                limits: settings.limits,
                mechanism: "\(sandbox.report.backend.rawValue)/\(sandbox.report.level.rawValue)",
                warning: warning,
                metrics: service.metrics,
                logger: logger,
                workspaces: workspaces
            )
            health.watch(host)
            let server = ContainerMCPServer(
                settings: settings,
                host: host,
                service: service,
                sandbox: sandbox,
                audit: audit,
                folders: folders,
                threads: threads,
                workspaces: workspaces,
                logger: logger
            )
            try await service.restoreTasks()
            try await server.recordStart()
            return server
        } catch {
            await sandbox.stop()
            base.remove()
            throw (error as? ServerStartFailure) ?? ServerStartFailure(.failed, Self.words(for: error))
        }
    }

    private static func words(for error: any Error) -> String {
        guard let error = error as? ToolError else { return "\(error)" }
        return error.cause.map { "\(error.message) (\($0))" } ?? error.message
    }

    private func recordStart() async throws(ToolError) {
        var event = AuditEvent(.start)
        event.mechanism = "\(report.backend.rawValue)/\(report.level.rawValue)"
        event.attributes = ["version": Self.version]
        try await audit.record(event)
        var configuration = AuditEvent(.configuration)
        for row in ConfigurationReport(settings).rows where row.origin != .default && !row.isSecret {
            configuration.attributes[row.key] = row.value ?? ""
        }
        try await audit.record(configuration)
        logger.info(
            "sandbox ready",
            metadata: ["level": "\(report.level.rawValue)", "backend": "\(report.backend.rawValue)"]
        )
        for promise in report.reducedPromises { logger.warning("reduced promise: \(promise)") }
    }

    /// Writes down that a request was refused before it became a call.
    ///
    /// - Parameters:
    ///   - peer: The address of the other side.
    ///   - detail: Why, without secrets.
    public func recordRefusal(peer: String?, detail: String) async {
        var event = AuditEvent(.refusal)
        event.peer = peer
        event.detail = detail
        do throws(ToolError) {
            try await audit.record(event)
        } catch {
            service.metrics.auditFailed()
            logger.error("audit log can't be written", metadata: ["cause": "\(error.cause ?? "")"])
        }
    }

    /// Ends every call, the sandbox and the audit log; in test mode removes the folders.
    public func stop() async {
        await service.stop()
        upkeep.cancel()
        await workspaces.stop()
        await sandbox.stop()
        do throws(ToolError) {
            try await audit.record(AuditEvent(.stop))
        } catch {
            service.metrics.auditFailed()
            logger.error("audit log can't be written", metadata: ["cause": "\(error.cause ?? "")"])
        }
        audit.close()
        threads.shutdown()
        do throws(ToolError) {
            try folders?.remove()
        } catch {
            logger.warning("\(error.message)", metadata: ["cause": "\(error.cause ?? "")"])
        }
    }
}
