// SPDX-License-Identifier: Apache-2.0

/// The messages of one 2026-07-28 stream of changes, each of which carries the stream's identifier.
public struct Subscription: Sendable, Hashable {
    /// The identifier: that of the `subscriptions/listen` request, in the type it came with.
    public let id: RequestID

    /// Makes a subscription.
    public init(id: RequestID) {
        self.id = id
    }

    private var meta: JSONValue { [MetaKey.subscriptionID: id.jsonValue] }

    /// The first message: the part of the filter that will be honoured.
    public func acknowledgement(of filter: SubscriptionFilter) -> JSONRPCNotification {
        JSONRPCNotification(
            method: "notifications/subscriptions/acknowledged",
            params: ["_meta": meta, "notifications": filter.jsonValue]
        )
    }

    /// The news that a list has changed.
    public func listChanged(_ list: ListKind) -> JSONRPCNotification {
        JSONRPCNotification(method: list.changeNotification.method, params: ["_meta": meta])
    }

    /// The news that a resource has changed.
    public func resourceUpdated(uri: String) -> JSONRPCNotification {
        JSONRPCNotification(
            method: MethodName.resourceUpdatedNotification,
            params: ["_meta": meta, "uri": .string(uri)]
        )
    }

    /// The news of a task: its present state with all that `tasks/get` would say.
    public func taskChanged(_ task: TaskSnapshot) -> JSONRPCNotification? {
        task.notification(for: .v20260728, subscription: id)
    }

    /// The result that ends the stream from our side.
    public var result: MCPResult { .members(["_meta": meta]) }
}
