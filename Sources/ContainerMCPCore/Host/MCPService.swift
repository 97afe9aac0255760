// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// Answers the requests of any client on any transport, in both eras.
public struct MCPService: Sendable {
    let parts: ServiceParts

    /// The most items on one page of a list.
    static let pageSize = 100
    /// Lists of tools and prompts change seldom, and are announced when they do.
    static let listCaching = CacheHint(milliseconds: 300_000, scope: .everyone)

    /// Makes a service.
    ///
    /// - Parameters:
    ///   - host: What carries out calls.
    ///   - name: The server's name, for programs.
    ///   - version: The server's version.
    ///   - instructions: What a model should know first.
    ///   - options: What else the service offers, and how it keeps what outlives a request.
    public init(
        host: ToolHost,
        name: String,
        version: String,
        instructions: String?,
        options: ServiceOptions = ServiceOptions()
    ) {
        let promise = HostPromise()
        promise.fulfil(host)
        self.init(
            promise,
            offer: host.catalogue.names,
            name: name,
            version: version,
            instructions: instructions,
            options: options
        )
    }

    /// Makes a service that answers before its host is ready; what needs the host waits for it.
    ///
    /// - Parameters:
    ///   - promise: Gives the host, or nil where it does not start.
    ///   - offer: What the host will offer.
    ///   - name: The server's name, for programs.
    ///   - version: The server's version.
    ///   - instructions: What a model should know first.
    ///   - options: What else the service offers, and how it keeps what outlives a request.
    init(
        _ promise: HostPromise,
        offer: Catalogue.Names,
        name: String,
        version: String,
        instructions: String?,
        options: ServiceOptions
    ) {
        parts = ServiceParts(
            host: promise,
            offer: offer,
            identity: ServiceParts.Identity(name: name, version: version, instructions: instructions),
            options: options
        )
    }

    /// What the server says about itself; its lists may change while it runs.
    public var server: ServerDescription { parts.description }

    /// Where it is counted what happens.
    public var metrics: ServerMetrics { parts.options.metrics }

    /// The tools on offer now; none while the host starts.
    public var tools: ToolRegistry { parts.readyHost?.registry ?? ToolRegistry() }

    /// Whether calls can be served already.
    public var isReady: Bool { parts.isReady }

    /// Carries out a request that the protocol layer admitted.
    ///
    /// - Parameters:
    ///   - admitted: The request.
    ///   - caller: Who sent it.
    ///   - link: The way to the client while the request is served.
    /// - Returns: The result or the protocol error. Cancelling the task ends the work.
    public func handle(
        _ admitted: AdmittedRequest,
        from caller: Caller,
        over link: RequestLink = .silent
    ) async -> RequestOutcome {
        switch admitted.request {
        case .ping, .initialize, .setLogLevel: return .result(.empty)
        case .discover: return .result(.discovery)
        default: break
        }
        guard let host = await parts.host else { return .failure(Self.notStarted) }
        let exchange = ServiceExchange(
            host: host,
            parts: parts,
            caller: caller,
            id: admitted.id,
            context: admitted.context,
            link: link
        )
        do throws(JSONRPCError) {
            return try await answer(admitted.request, exchange)
        } catch {
            return .failure(error)
        }
    }

    private func answer(_ request: MCPRequest, _ exchange: ServiceExchange) async throws(JSONRPCError)
        -> RequestOutcome
    {
        switch request {
        case .listTools(let cursor):
            let page = try ListCursor.page(
                of: exchange.host.registry.descriptors,
                from: cursor,
                size: Self.pageSize,
                name: \.name
            )
            return .result(.tools(page.items, nextCursor: page.next, caching: Self.listCaching))
        case .callTool(let call): return await exchange.call(call)
        case .listResources(let cursor): return try await exchange.listResources(cursor)
        case .listResourceTemplates(let cursor): return try exchange.listResourceTemplates(cursor)
        case .readResource(let uri, let resume): return try await exchange.readResource(uri, resume)
        case .subscribeResource(let uri): return try await exchange.subscribe(uri)
        case .unsubscribeResource(let uri):
            await exchange.unwatch(uri)
            return .result(.empty)
        case .listPrompts(let cursor): return try exchange.listPrompts(cursor)
        case .getPrompt(let prompt): return try await exchange.getPrompt(prompt)
        case .complete(let completion): return try await exchange.complete(completion)
        case .listen(let filter): return try await exchange.listen(filter)
        case .getTask(let id): return try exchange.getTask(id)
        case .taskResult(let id): return try await exchange.taskResult(id)
        case .listTasks(let cursor): return try exchange.listTasks(cursor)
        case .cancelTask(let id): return try await exchange.cancelTask(id)
        case .updateTask(let id, let responses): return try exchange.updateTask(id, responses)
        case .ping, .initialize, .setLogLevel, .discover: return .result(.empty)
        }
    }

    /// Takes the news that a conversation is over: its tasks are cancelled, its approvals forgotten.
    ///
    /// - Parameter conversation: A session, an `/sse` connection or a stdio channel.
    public func conversationEnded(_ conversation: ConversationID) {
        parts.readyHost?.desk.forget(conversation)
        parts.jobs.conversationEnded(conversation)
        parts.readyHost?.workspaces?.conversationEnded(conversation)
    }

    /// Whether a conversation has work that outlives its requests, so that it must not expire.
    public func hasWork(_ conversation: ConversationID) -> Bool {
        parts.jobs.hasLiveJob(of: conversation)
    }

    /// Ends all subscriptions and tasks; returns when the processes of the tasks are gone.
    public func stop() async {
        parts.readyHost?.catalogue.changes.end()
        await parts.jobs.stop()
    }

    /// Brings back the tasks that were recorded before the last stop.
    ///
    /// - Throws: ``ServerStartFailure`` where the folder can't be used.
    func restoreTasks() async throws(ServerStartFailure) {
        do throws(JobStorageFailure) {
            try await parts.jobs.restore()
        } catch {
            throw ServerStartFailure(.failed, "TASK_STORE_DIR can't be used: \(error)")
        }
    }

    /// Forgets tasks whose time is over, until the calling task is cancelled.
    ///
    /// ``ContainerMCPServer`` does it; a program that makes a service of its own runs it beside its transports.
    public func keepTidy() async {
        await parts.jobs.run()
    }

    /// Takes the news that an answer could not be written: a task that it would have handed over is cancelled.
    ///
    /// - Parameters:
    ///   - outcome: What ``handle(_:from:over:)`` returned.
    ///   - caller: Who sent the request.
    public func lost(_ outcome: RequestOutcome, from caller: Caller) async {
        guard case .result(.task(let task, .handle)) = outcome else { return }
        do throws(JSONRPCError) {
            _ = try await parts.jobs.cancel(task.id, for: JobOwner(caller))
        } catch {
            // Unknown: it is gone already, which is what was wanted.
        }
    }

    /// What is on offer; nil where the host does not start.
    var catalogue: Catalogue? {
        get async { await parts.host?.catalogue }
    }

    /// What is on offer, where the host is there already.
    var readyCatalogue: Catalogue? { parts.readyHost?.catalogue }

    /// A task, for whoever may see it.
    func task(_ id: String, for caller: Caller) -> TaskSnapshot? {
        parts.jobs.current(id, for: JobOwner(caller))
    }

    /// Ends the watching of a resource that a session had subscribed to.
    func unwatch(_ uri: String, for caller: Caller) async {
        await parts.unwatch(uri, for: caller)
    }

    private static let notStarted = JSONRPCError(
        .internalError,
        "the server does not start; its standard error says why"
    )
}
