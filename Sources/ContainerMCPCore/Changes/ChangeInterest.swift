// SPDX-License-Identifier: Apache-2.0

/// Which changes somebody wants to hear of.
public struct ChangeInterest: Sendable, Equatable {
    /// One of the lists that can change.
    public enum List: Sendable, Hashable, CaseIterable {
        /// The list of tools.
        case tools
        /// The list of prompts.
        case prompts
        /// The list of resources.
        case resources
    }

    /// The most resources and tasks together that one may be interested in: 1,024.
    public static let maximumNames = 1_024

    /// The lists.
    public var lists: Set<List>
    /// The resources, by the URIs that were asked for.
    public var resources: Set<String>
    /// The tasks, by their ids.
    public var tasks: Set<String>

    /// Whose workspace the listener works in; what changes in another one is of no interest to it.
    public var workspace: WorkspaceKey?

    /// Makes an interest.
    ///
    /// - Parameters:
    ///   - lists: The lists.
    ///   - resources: URIs of resources.
    ///   - tasks: Ids of tasks.
    ///   - workspace: Whose workspace the listener works in.
    public init(
        lists: Set<List> = [],
        resources: Set<String> = [],
        tasks: Set<String> = [],
        workspace: WorkspaceKey? = nil
    ) {
        self.workspace = workspace
        self.lists = lists
        self.resources = resources
        self.tasks = tasks
    }

    /// Tells whether a change is of interest.
    ///
    /// - Parameters:
    ///   - change: What changed.
    ///   - workspace: Whose workspace it belongs to; nil where it is everybody's.
    /// - Returns: Whether it is.
    public func covers(_ change: Change, in workspace: WorkspaceKey? = nil) -> Bool {
        if let workspace, workspace != self.workspace { return false }
        return switch change {
        case .tools: lists.contains(.tools)
        case .prompts: lists.contains(.prompts)
        case .resources: lists.contains(.resources)
        case .resource(let uri): resources.contains(uri)
        case .task(let id): tasks.contains(id)
        }
    }

    /// Whether no further resource or task can be added.
    var isFull: Bool { resources.count + tasks.count >= Self.maximumNames }
}
