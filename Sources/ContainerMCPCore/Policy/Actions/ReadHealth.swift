// SPDX-License-Identifier: Apache-2.0

/// A request to see how the server does.
public struct ReadHealth: Sendable, Hashable, PolicedAction {
    /// Makes a request.
    public init() {}

    /// The tool that shows it.
    public var tool: ToolName { .healthCheck }
    /// To see the server's health.
    public var demands: [Demand] { [.readHealth] }
}
