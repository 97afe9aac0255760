// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

extension ServiceExchange {
    /// Resources come and go with the files, and belong to the caller.
    private static let caching = CacheHint.never

    private var providers: [any ResourceProvider] { host.catalogue.providers }

    func listResources(_ cursor: String?) async throws(JSONRPCError) -> RequestOutcome {
        var resources: [ResourceDescriptor] = []
        let context = host.context(caller, context, link, CallRounds())
        for provider in providers {
            do throws(ToolError) {
                resources += try await provider.list(in: context)
            } catch {
                // What the caller may not see is not in its list.
                guard error.code == .denied || error.questions != nil else { throw Self.protocolError(error) }
            }
        }
        let page = try ListCursor.page(of: resources, from: cursor, size: MCPService.pageSize, name: \.uri)
        return .result(.resources(page.items, nextCursor: page.next, caching: Self.caching))
    }

    func listResourceTemplates(_ cursor: String?) throws(JSONRPCError) -> RequestOutcome {
        let templates = providers.flatMap(\.templates)
        let page = try ListCursor.page(
            of: templates,
            from: cursor,
            size: MCPService.pageSize,
            name: \.uriTemplate
        )
        return .result(
            .resourceTemplates(page.items, nextCursor: page.next, caching: MCPService.listCaching)
        )
    }

    func readResource(_ uri: String, _ resume: InputResume) async throws(JSONRPCError) -> RequestOutcome {
        let binding = StateSeal.Binding(
            principal: principal,
            method: .readResource,
            target: uri,
            arguments: [:]
        )
        let (providers, revision) = (providers, context.revision)
        return try await serve(resume, binding, HandlerName(resource: uri)) {
            context async throws(ToolError) in
            for provider in providers {
                if let contents = try await provider.read(uri, in: context), !contents.isEmpty {
                    return contents
                }
            }
            throw ToolError(.unknownResource(uri, in: revision))
        } result: { contents in
            .resourceContents(contents, caching: Self.caching)
        }
    }

    /// Begins to watch a resource; the channel tells the session about its changes.
    func subscribe(_ uri: String) async throws(JSONRPCError) -> RequestOutcome {
        guard let isWatched = await watch(uri) else {
            throw JSONRPCError(
                .internalError,
                "busy: you watch as many resources as you may; end one and try again"
            )
        }
        guard isWatched else { throw .unknownResource(uri, in: context.revision) }
        return .result(.empty)
    }

    /// Begins to watch a resource, until ``unwatch(_:)``.
    ///
    /// - Returns: Whether it is watched now; nil where the caller watches as many as it may.
    func watch(_ uri: String) async -> Bool? {
        let share = caller.watchShare
        if let share, !parts.watches.begin(for: share) { return nil }
        let context = host.context(caller, context, link, CallRounds())
        for provider in providers where await provider.watch(uri, in: context) { return true }
        if let share { parts.watches.end(for: share) }
        return false
    }

    func unwatch(_ uri: String) async {
        await parts.unwatch(uri, for: caller)
    }
}

extension ServiceParts {
    /// Ends one watch of a caller.
    func unwatch(_ uri: String, for caller: Caller) async {
        if let share = caller.watchShare { watches.end(for: share) }
        for provider in readyHost?.catalogue.providers ?? [] { await provider.unwatch(uri, for: caller) }
    }
}

extension Caller {
    /// Under whose name what it watches is counted; nil where nobody has proven who it is.
    fileprivate var watchShare: String? { subject.isAuthenticated ? subject.id : nil }
}
