// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

/// What the session hears of without having asked in this moment: lists, resources it watches, tasks it made.
extension ChannelServer {
    /// The most resources that a session may watch.
    private static let subscriptionLimit = 256

    /// Follows what changes, for as long as the session lives.
    func follow(_ catalogue: Catalogue) {
        guard state.session?.isReady == true, feed == nil, !isOver else { return }
        let caller = caller()
        let interest = ChangeInterest(lists: Set(ChangeInterest.List.allCases))
        let feed = catalogue.changes.feed(interest, for: caller)
        self.feed = feed
        for uri in subscribed { feed.add(uri) }
        // Ends with the feed.
        Task { [weak self] in
            let lists = await catalogue.watchLists(for: caller)
            while let changes = await feed.next() {
                for change in changes { await self?.tellInTime(change) }
            }
            for list in lists { await list.unwatchList(for: caller) }
        }
    }

    /// Tells of a change when its turn has come: what changes meanwhile waits in the feed, where equal changes are one.
    private func tellInTime(_ change: Change) async {
        while !isOver, !changeRate.admits(.now) {
            // Nobody cancels the task of a feed.
            try? await Task.sleep(for: .milliseconds(50))
        }
        await tell(change)
    }

    func tell(_ change: Change) async {
        guard !isOver else { return }
        state.server = service.server
        switch change {
        case .tools: await carryOut(state.listChanged(.tools))
        case .prompts: await carryOut(state.listChanged(.prompts))
        case .resources: await carryOut(state.listChanged(.resources))
        case .resource(let uri): await carryOut(state.resourceUpdated(uri: uri))
        case .task(let id):
            guard let task = service.task(id, for: caller()) else { return }
            if task.outcome != nil { feed?.unfollow(task: id) }
            await carryOut(state.taskChanged(task))
        }
    }

    /// Watches a resource for the session, once however often it is asked for.
    func subscribe(_ uri: String, _ admitted: AdmittedRequest, _ caller: Caller) async
        -> RequestOutcome
    {
        guard !subscribed.contains(uri) else { return .result(.empty) }
        guard subscribed.count < Self.subscriptionLimit else {
            return .failure(
                JSONRPCError(
                    .internalError,
                    "busy: the session watches \(Self.subscriptionLimit) resources already"
                )
            )
        }
        let outcome = await service.handle(admitted, from: caller)
        guard case .result = outcome else { return outcome }
        guard !isOver, subscribed.insert(uri).inserted else {
            // The session ended or watches it already: every watch is ended once.
            await service.unwatch(uri, for: caller)
            return outcome
        }
        feed?.add(uri)
        return outcome
    }

    func unsubscribe(_ uri: String) async -> RequestOutcome {
        if subscribed.remove(uri) != nil {
            feed?.remove(uri)
            await service.unwatch(uri, for: caller())
        }
        return .result(.empty)
    }
}
