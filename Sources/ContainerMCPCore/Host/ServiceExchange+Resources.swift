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
        guard await watch(uri) else { throw .unknownResource(uri, in: context.revision) }
        return .result(.empty)
    }

    func watch(_ uri: String) async -> Bool {
        let context = host.context(caller, context, link, CallRounds())
        for provider in providers where await provider.watch(uri, in: context) { return true }
        return false
    }

    func unwatch(_ uri: String) async {
        for provider in providers { await provider.unwatch(uri) }
    }
}
