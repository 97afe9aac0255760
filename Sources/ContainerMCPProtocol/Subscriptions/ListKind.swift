// SPDX-License-Identifier: Apache-2.0

/// The lists whose changes are announced.
public enum ListKind: String, Sendable, Hashable, CaseIterable {
    /// The tools.
    case tools
    /// The prompts.
    case prompts
    /// The resources.
    case resources

    /// The notification that the list has changed, the same in every revision.
    public var changeNotification: JSONRPCNotification {
        JSONRPCNotification(method: "notifications/\(rawValue)/list_changed")
    }
}
