// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import Synchronization

/// What the requests of a service share.
final class ServiceParts: Sendable {
    /// Who the server is.
    struct Identity: Sendable {
        let name: String
        let version: String
        let instructions: String?
    }

    let jobs: JobStore
    let seal: StateSeal
    let options: ServiceOptions
    let subscriptions: CallerShares
    /// The resources that authenticated callers watch; those that nobody proved are bounded by the watchers alone.
    let watches = CallerShares(perCaller: 512)
    let talks = TaskTalks()
    private let identity: Identity
    private let promise: HostPromise
    private let known = Mutex<(names: Catalogue.Names, description: ServerDescription)?>(nil)
    private let offer: Catalogue.Names

    init(host promise: HostPromise, offer: Catalogue.Names, identity: Identity, options: ServiceOptions) {
        self.promise = promise
        self.offer = offer
        self.identity = identity
        self.options = options
        subscriptions = CallerShares(perCaller: 64) { [metrics = options.metrics] taken in
            metrics.subscriptionsChanged(open: taken)
        }
        seal =
            options.sealTime.map { StateSeal(secrets: options.stateKeys, now: $0) }
            ?? StateSeal(secrets: options.stateKeys)
        jobs = JobStore(
            limits: options.tasks ?? JobLimits(),
            storage: options.taskStorage,
            tag: options.replicaTag,
            metrics: options.metrics,
            clock: options.taskTime,
            logger: options.logger,
            changes: { id in promise.ready?.catalogue.changes.publish(.task(id: id)) }
        )
    }

    var isReady: Bool { readyHost != nil }

    /// The host, where it is there already.
    var readyHost: ToolHost? { promise.ready }

    /// The host; nil where it does not start.
    var host: ToolHost? {
        get async { await promise.value }
    }

    /// What the server says about itself; made anew only when the lists have changed.
    var description: ServerDescription {
        let names = readyHost?.catalogue.names ?? offer
        return known.withLock { known in
            if let known, known.names.revision == names.revision { return known.description }
            let description = describe(names)
            known = (names, description)
            return description
        }
    }

    private func describe(_ names: Catalogue.Names) -> ServerDescription {
        return ServerDescription(
            name: identity.name,
            version: identity.version,
            title: options.title,
            summary: options.summary,
            icons: options.icons,
            instructions: identity.instructions,
            capabilities: ServerCapabilities(
                tools: .init(announcesChanges: true),
                resources: names.hasResources ? .init(announcesChanges: true, canSubscribe: true) : nil,
                prompts: names.prompts.isEmpty ? nil : .init(announcesChanges: true),
                hasCompletions: names.hasResources || !names.prompts.isEmpty,
                hasLogging: true,
                tasks: options.tasks != nil
            ),
            toolNames: names.tools,
            promptNames: names.prompts
        )
    }
}
