// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPCore
internal import ContainerMCPProtocol
internal import Glibc
internal import Hummingbird
internal import HummingbirdCore
public import Logging
internal import NIOCore
public import ServiceLifecycle
internal import Synchronization

/// Serves MCP over HTTP: `/mcp`, `/sse` with `/messages`, and `/health`.
///
/// It is made from what answers requests, so a program that has put a ``ContainerMCPServer`` together, with
/// tools of its own or without, serves it with two lines:
///
/// ```swift
/// let http = try MCPHTTPServer(server, logger: logger)
/// try await http.run()
/// ```
///
/// It can be run once.
public final class MCPHTTPServer: Service {
    private let settings: Settings
    private let logger: Logger
    private let sessions: SessionStore
    private let refusals: RefusalRecorder
    private let connections: ConnectionTable
    private let services: ConnectionServices
    private let stops: AsyncStream<Void>
    private let stopping: AsyncStream<Void>.Continuation

    /// Makes a server for what was put together from settings.
    ///
    /// - Parameters:
    ///   - server: What answers requests; its settings say where to listen.
    ///   - logger: Where messages for the operator go.
    /// - Throws: ``MCPHTTPServerFailure`` where the settings ask for what this version does not have.
    public convenience init(_ server: ContainerMCPServer, logger: Logger) throws(MCPHTTPServerFailure) {
        try self.init(
            service: server.service,
            tools: server.host.registry,
            settings: server.settings,
            logger: logger
        ) { peer, detail in
            await server.recordRefusal(peer: peer, detail: detail)
        }
    }

    /// Makes a server for a service.
    ///
    /// - Parameters:
    ///   - service: What answers requests.
    ///   - tools: The tools that the service calls.
    ///   - settings: Where to listen, whom to answer, how much at once.
    ///   - logger: Where messages for the operator go.
    ///   - recordRefusal: Writes down a request that was refused; called at most 20 times a second.
    /// - Throws: ``MCPHTTPServerFailure`` where the settings ask for what this version does not have.
    public convenience init(
        service: MCPService,
        tools: ToolRegistry,
        settings: Settings,
        logger: Logger,
        recordRefusal: @escaping @Sendable (_ peer: String, _ detail: String) async -> Void
    ) throws(MCPHTTPServerFailure) {
        try self.init(
            service: service,
            tools: tools,
            settings: settings,
            logger: logger,
            times: ConnectionTimes(),
            recordRefusal: recordRefusal
        )
    }

    init(
        service: MCPService,
        tools: ToolRegistry,
        settings: Settings,
        logger: Logger,
        times: ConnectionTimes,
        recordRefusal: @escaping @Sendable (_ peer: String, _ detail: String) async -> Void
    ) throws(MCPHTTPServerFailure) {
        try Self.requireSupported(settings)
        self.settings = settings
        self.logger = logger
        (stops, stopping) = AsyncStream.makeStream()
        let limits = settings.limits
        let sessions = SessionStore(
            limit: limits.sessions,
            idle: limits.sessionIdle,
            tag: settings.server.replicaID
        )
        let connections = ConnectionTable(limit: limits.connections)
        let refusals = RefusalRecorder(record: recordRefusal)
        let channelLimits = ChannelLimits(messageBytes: limits.requestBytes)
        let site = Site(
            door: Door(settings, attempts: FailedAttempts()),
            prefix: settings.server.pathPrefix,
            refusals: refusals,
            health: HealthEndpoint(sessions: sessions, connections: connections),
            channel: ChannelEndpoint(
                service: service,
                sessions: sessions,
                prefix: settings.server.pathPrefix,
                limits: channelLimits
            ),
            mcp: MCPEndpoint(
                service: service,
                sessions: sessions,
                limits: channelLimits,
                headerParameters: Self.headerParameters(tools),
                silence: times.silence
            ),
            bodyLimit: limits.requestBytes
        )
        services = ConnectionServices(
            admit: { head, peer in site.admit(head, from: peer) },
            recordRefusal: { peer, detail in refusals.add(peer, detail) },
            table: connections,
            bodies: ByteBudget(limit: max(Self.sharedBytes, 2 * limits.requestBytes)),
            output: ByteBudget(limit: max(Self.sharedBytes, 2 * limits.replyBytes)),
            limits: RequestParser.Limits(body: limits.requestBytes),
            times: times
        )
        self.sessions = sessions
        self.refusals = refusals
        self.connections = connections
    }

    /// Memory for bodies on their way in, and again for messages on their way out, over all connections.
    private static let sharedBytes = 256 << 20
    /// Connections that the kernel keeps until they are accepted.
    private static let backlog = 1_024

    private static func requireSupported(_ settings: Settings) throws(MCPHTTPServerFailure) {
        guard !settings.authentication.usesOAuth else {
            throw MCPHTTPServerFailure(
                .unsupported,
                """
                OAUTH_ISSUER is set, and this version can't check tokens of an authorization server. Use \
                MCP_AUTH_TOKEN_FILE.
                """
            )
        }
        guard settings.server.tlsCertificate == nil, settings.server.tlsKey == nil else {
            throw MCPHTTPServerFailure(
                .unsupported,
                """
                MCP_TLS_CERT and MCP_TLS_KEY are set, and this version does not speak TLS. Remove them and let \
                a reverse proxy on the same machine do it.
                """
            )
        }
    }

    /// The arguments that clients repeat in headers; only of tools that have some.
    private static func headerParameters(_ tools: ToolRegistry) -> [String: ToolHeaderParameters] {
        var parameters: [String: ToolHeaderParameters] = [:]
        for tool in tools.descriptors {
            // A tool with faulty marks is called without them: nothing is taken from a header.
            parameters[tool.name] = try? ToolHeaderParameters(inputSchema: tool.inputSchema)
        }
        return parameters
    }

    /// Serves until the task is cancelled or ``stop()``.
    ///
    /// - Throws: ``MCPHTTPServerFailure`` when the place can't be listened on.
    public func run() async throws {
        try await run { _ in }
    }

    /// Serves until the task is cancelled or ``stop()``; when it returns, all connections are closed and
    /// the processes of all calls are gone.
    ///
    /// - Parameter onListening: Called once clients can connect.
    /// - Throws: ``MCPHTTPServerFailure`` when the place can't be listened on.
    public func run(onListening: @escaping @Sendable (ListeningPlace) -> Void)
        async throws(MCPHTTPServerFailure)
    {
        let address = settings.server
        let server = HummingbirdCore.Server(
            childChannelSetup: ConnectionSetup(services: services),
            configuration: ServerConfiguration(
                address: address.socketPath.map { .unixDomainSocket(path: $0) }
                    ?? .hostname(address.host, port: address.port),
                backlog: Self.backlog
            ),
            onServerRunning: { channel in
                if let path = address.socketPath {
                    // Whoever can't be kept out by the folder is kept out by the socket; a failure changes
                    // nothing for the owner.
                    _ = unsafe chmod(path, 0o600)
                    onListening(.socket(path: path))
                } else {
                    onListening(
                        .network(host: address.host, port: channel.localAddress?.port ?? address.port)
                    )
                }
            },
            eventLoopGroup: EventLoopGroupProvider.singleton.eventLoopGroup,
            logger: Self.quiet
        )
        do {
            try await serve(server)
        } catch is HummingbirdCore.Server<ConnectionSetup>.Error {
            logger.debug("stopped before it listened")
        } catch {
            throw failure(error)
        }
        if let path = address.socketPath { unsafe unlink(path) }
    }

    private func serve(_ server: HummingbirdCore.Server<ConnectionSetup>) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (sessions, refusals, stops) = (sessions, refusals, stops)
            group.addTask { await refusals.run() }
            group.addTask {
                // A cancelled sleep means that the server stops.
                while (try? await Task.sleep(for: .seconds(30))) != nil { await sessions.removeExpired() }
            }
            group.addTask {
                await withGracefulShutdownHandler {
                    for await _ in stops { break }
                } onGracefulShutdown: {
                    self.stop()
                }
                await self.shutDown(server)
            }
            defer {
                refusals.finish()
                stopping.finish()
                group.cancelAll()
            }
            // Not a child of the group: its cancellation must not overtake the end of the calls.
            let serving = Task { try await server.run() }
            try await serving.value
        }
    }

    private func shutDown(_ server: HummingbirdCore.Server<ConnectionSetup>) async {
        await sessions.closeAll()
        connections.closeAll()
        do {
            try await server.shutdownGracefully()
        } catch {
            logger.debug("the server did not stop in order", metadata: ["cause": "\(error)"])
        }
    }

    /// Makes the server stop: nothing more is accepted, what runs is given up.
    ///
    /// May be called from any thread, also before ``run(onListening:)``.
    public func stop() {
        stopping.yield()
        stopping.finish()
    }

    /// The framework's own messages would repeat what is said here.
    private static let quiet = Logger(label: "hummingbird") { _ in SwiftLogNoOpLogHandler() }

    private func failure(_ error: any Error) -> MCPHTTPServerFailure {
        let address = settings.server
        let place = address.socketPath ?? "\(address.host):\(address.port)"
        guard let error = error as? IOError else {
            logger.debug("can't listen", metadata: ["cause": "\(error)"])
            return MCPHTTPServerFailure(
                .cannotListen,
                "Can't listen on \(place): the address is not known here."
            )
        }
        switch error.errnoCode {
        case EADDRINUSE:
            return MCPHTTPServerFailure(
                .addressInUse,
                """
                Can't listen on \(place): something else does already. Stop it, or choose another with --port \
                (0 takes a free one).
                """
            )
        case EACCES, EPERM:
            return MCPHTTPServerFailure(.cannotListen, "Can't listen on \(place): this user may not.")
        case EADDRNOTAVAIL:
            return MCPHTTPServerFailure(
                .cannotListen,
                "Can't listen on \(place): this machine has no such address."
            )
        default:
            return MCPHTTPServerFailure(.cannotListen, "Can't listen on \(place): error \(error.errnoCode).")
        }
    }
}
