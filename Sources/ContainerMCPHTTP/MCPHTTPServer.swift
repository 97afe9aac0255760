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
    private let authentication: Authentication
    private let certificates: CertificateStore?
    private let handshakeTime: TimeAmount
    private let stops: AsyncStream<Void>
    private let stopping: AsyncStream<Void>.Continuation

    /// Makes a server for what was put together from settings.
    ///
    /// - Parameters:
    ///   - server: What answers requests; its settings say where to listen.
    ///   - logger: Where messages for the operator go.
    ///   - prometheus: What `/metrics` shows; without it there is no such page. The server is to be put together with
    ///     ``ServerMetrics`` that are made from it.
    /// - Throws: ``MCPHTTPServerFailure`` where settings do not go together, or name files that can't be used.
    public convenience init(
        _ server: ContainerMCPServer,
        logger: Logger,
        prometheus: PrometheusMetrics? = nil
    ) throws(MCPHTTPServerFailure) {
        try self.init(
            service: server.service,
            settings: server.settings,
            logger: logger,
            prometheus: prometheus
        ) { peer, detail in
            await server.recordRefusal(peer: peer, detail: detail)
        }
    }

    /// Makes a server for a service.
    ///
    /// - Parameters:
    ///   - service: What answers requests.
    ///   - settings: Where to listen, whom to answer, how much at once.
    ///   - logger: Where messages for the operator go.
    ///   - prometheus: What `/metrics` shows; without it there is no such page.
    ///   - recordRefusal: Writes down a request that was refused; called at most 20 times a second.
    /// - Throws: ``MCPHTTPServerFailure`` where settings do not go together, or name files that can't be used.
    public convenience init(
        service: MCPService,
        settings: Settings,
        logger: Logger,
        prometheus: PrometheusMetrics? = nil,
        recordRefusal: @escaping @Sendable (_ peer: String, _ detail: String) async -> Void
    ) throws(MCPHTTPServerFailure) {
        try self.init(
            service: service,
            settings: settings,
            logger: logger,
            times: ConnectionTimes(),
            prometheus: prometheus,
            recordRefusal: recordRefusal
        )
    }

    init(
        service: MCPService,
        settings: Settings,
        logger: Logger,
        times: ConnectionTimes,
        handshakeTime: TimeAmount = ListeningSetup.handshakeTime,
        prometheus: PrometheusMetrics? = nil,
        recordRefusal: @escaping @Sendable (_ peer: String, _ detail: String) async -> Void
    ) throws(MCPHTTPServerFailure) {
        try Self.requireProtection(settings)
        certificates = try Self.certificates(settings.server, logger)
        authentication = try Authentication(settings, logger: logger)
        self.settings = settings
        self.logger = logger
        self.handshakeTime = handshakeTime
        (stops, stopping) = AsyncStream.makeStream()
        let limits = settings.limits
        let sessions = SessionStore(
            limit: limits.sessions,
            idle: limits.sessionIdle,
            tag: settings.server.replicaID,
            storage: EventStorage(counters: StreamCounters(metrics: service.metrics)),
            metrics: service.metrics
        )
        let connections = ConnectionTable(limit: limits.connections, metrics: service.metrics)
        let refusals = RefusalRecorder(record: recordRefusal)
        let channelLimits = ChannelLimits(messageBytes: limits.requestBytes)
        let door = Door(
            settings,
            authentication: authentication,
            attempts: FailedAttempts(),
            metrics: service.metrics
        )
        let scopes = ScopeCheck { name in
            service.tools[name]?.effects
        } refusal: { needed, subject, id in
            door.scopeFault(needed, for: subject, id: id)
        }
        let page = MetricsEndpoint(prometheus)
        let site = Site(
            door: door,
            prefix: settings.server.pathPrefix,
            refusals: refusals,
            health: HealthEndpoint(
                sessions: sessions,
                connections: connections,
                hasStarted: { service.isReady }
            ),
            channel: ChannelEndpoint(
                service: service,
                sessions: sessions,
                prefix: settings.server.pathPrefix,
                limits: channelLimits,
                scopes: scopes
            ),
            mcp: MCPEndpoint(
                service: service,
                sessions: sessions,
                limits: channelLimits,
                scopes: scopes,
                silence: SilenceWatch(silence: times.silence)
            ),
            bodyLimit: limits.requestBytes,
            pages: ["/metrics": { _ in page.reply() }]
        )
        services = ConnectionServices(
            admit: { head, peer in site.admit(head, from: peer) },
            recordRefusal: { peer, detail in refusals.add(peer, detail) },
            table: connections,
            bodies: ByteBudget(limit: max(Self.sharedBytes, 2 * limits.requestBytes)),
            output: ByteBudget(limit: max(Self.sharedBytes, 2 * limits.replyBytes)),
            limits: RequestParser.Limits(body: limits.requestBytes),
            times: times,
            metrics: service.metrics
        )
        self.sessions = sessions
        self.refusals = refusals
        self.connections = connections
    }

    /// Memory for bodies on their way in, and again for messages on their way out, over all connections.
    private static let sharedBytes = 256 << 20
    /// Connections that the kernel keeps until they are accepted.
    private static let backlog = 1_024

    /// The settings were checked when they were read; a program may have changed them since.
    private static func requireProtection(_ settings: Settings) throws(MCPHTTPServerFailure) {
        guard settings.server.isLoopback || settings.authentication.isOn else {
            throw MCPHTTPServerFailure(
                .notProtected,
                """
                \(settings.server.host) can be reached from other machines and needs authentication: set \
                MCP_AUTH_TOKEN_FILE or OAUTH_ISSUER, or listen on 127.0.0.1.
                """
            )
        }
    }

    private static func certificates(
        _ settings: ServerSettings,
        _ logger: Logger
    ) throws(MCPHTTPServerFailure) -> CertificateStore? {
        guard settings.tlsCertificate != nil || settings.tlsKey != nil else { return nil }
        guard let certificate = settings.tlsCertificate, let key = settings.tlsKey else {
            throw MCPHTTPServerFailure(.badCertificate, "TLS needs both MCP_TLS_CERT and MCP_TLS_KEY.")
        }
        do throws(CertificateFault) {
            return try CertificateStore(CertificateFiles(certificate: certificate, key: key), logger: logger)
        } catch {
            throw MCPHTTPServerFailure(.badCertificate, error.description)
        }
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
        try await authentication.prepare()
        defer { authentication.stop() }
        guard let path = settings.server.socketPath else {
            let (host, port) = (settings.server.host, settings.server.port)
            let isSecure = certificates != nil
            return try await serve(on: .hostname(host, port: port)) { channel in
                let real = channel.localAddress?.port ?? port
                onListening(
                    isSecure ? .secureNetwork(host: host, port: real) : .network(host: host, port: real)
                )
            }
        }
        let file = try await UnixSocketFile.prepare(path)
        defer { file.remove() }
        let failure = Mutex<MCPHTTPServerFailure?>(nil)
        try await serve(on: .unixDomainSocket(path: file.listeningPath)) { _ in
            do throws(MCPHTTPServerFailure) {
                try file.publish()
                onListening(.socket(path: path))
            } catch {
                failure.withLock { $0 = error }
                self.stop()
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private func serve(
        on address: BindAddress,
        onServerRunning: @escaping @Sendable (any Channel) -> Void
    ) async throws(MCPHTTPServerFailure) {
        let server = HummingbirdCore.Server(
            childChannelSetup: ListeningSetup(
                connections: ConnectionSetup(services: services),
                certificates: certificates,
                handshakeTime: handshakeTime
            ),
            configuration: ServerConfiguration(address: address, backlog: Self.backlog),
            onServerRunning: { onServerRunning($0) },
            eventLoopGroup: EventLoopGroupProvider.singleton.eventLoopGroup,
            logger: Self.quiet
        )
        do {
            try await serve(server)
        } catch is HummingbirdCore.Server<ListeningSetup>.Error {
            logger.debug("stopped before it listened")
        } catch {
            throw failure(error)
        }
    }

    private func serve(_ server: HummingbirdCore.Server<ListeningSetup>) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (sessions, refusals, stops) = (sessions, refusals, stops)
            let (authentication, certificates) = (authentication, certificates)
            group.addTask { await refusals.run() }
            group.addTask { await authentication.keepUp() }
            group.addTask { await certificates?.keepUp() }
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

    private func shutDown(_ server: HummingbirdCore.Server<ListeningSetup>) async {
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
