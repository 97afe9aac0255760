// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

extension ServiceExchange {
    /// The most resources that one subscription may name.
    private static let resourceLimit = 256
    /// The most tasks that one subscription may name.
    private static let taskLimit = 64

    /// Tells a 2026-07-28 client what changes, until it ends the subscription or the server stops.
    func listen(_ filter: SubscriptionFilter) async throws(JSONRPCError) -> RequestOutcome {
        guard parts.subscriptions.begin(for: principal) else {
            throw JSONRPCError(
                .internalError,
                "busy: there are too many subscriptions; end one and try again"
            )
        }
        defer { parts.subscriptions.end(for: principal) }
        let subscription = Subscription(id: id)
        var honoured = filter.offered(by: parts.description.capabilities)
        honoured.resources = await watched(honoured.resources)
        let owner = JobOwner(caller)
        honoured.taskIDs = honoured.taskIDs.prefix(Self.taskLimit).filter { id in
            caller.mayUseTasks && parts.jobs.current(id, for: owner) != nil
        }
        let lists = honoured.resourcesListChanged ? await host.catalogue.watchLists(for: caller) : []
        // Before the acknowledgement, so that a change right after it is not lost.
        let feed = host.catalogue.changes.feed(ChangeInterest(honoured), for: caller)
        await link.write(subscription.acknowledgement(of: honoured).jsonValue)
        for id in honoured.taskIDs { await tell(.task(id: id), subscription, owner) }
        while !Task.isCancelled, let changes = await feed.next() {
            for change in changes { await tell(change, subscription, owner) }
        }
        feed.close()
        for uri in honoured.resources { await unwatch(uri) }
        for provider in lists { await provider.unwatchList(for: caller) }
        return .result(subscription.result)
    }

    /// Watches what can be watched.
    private func watched(_ uris: [String]) async -> [String] {
        var watched: [String] = []
        for uri in uris.prefix(Self.resourceLimit) where !Task.isCancelled {
            if await watch(uri) == true { watched.append(uri) }
        }
        return watched
    }

    private func tell(_ change: Change, _ subscription: Subscription, _ owner: JobOwner) async {
        let notification: JSONRPCNotification?
        switch change {
        case .tools: notification = subscription.listChanged(.tools)
        case .prompts: notification = subscription.listChanged(.prompts)
        case .resources: notification = subscription.listChanged(.resources)
        case .resource(let uri): notification = subscription.resourceUpdated(uri: uri)
        case .task(let id):
            // One that has expired meanwhile has nothing to tell.
            notification = parts.jobs.current(id, for: owner).flatMap { subscription.taskChanged($0) }
        }
        if let notification { await link.write(notification.jsonValue) }
    }
}

extension ChangeInterest {
    /// What a subscription wants to hear.
    init(_ filter: SubscriptionFilter) {
        self.init(
            lists: Set(
                [
                    filter.toolsListChanged ? List.tools : nil,
                    filter.promptsListChanged ? List.prompts : nil,
                    filter.resourcesListChanged ? List.resources : nil,
                ].compactMap(\.self)
            ),
            resources: Set(filter.resources),
            tasks: Set(filter.taskIDs)
        )
    }
}
