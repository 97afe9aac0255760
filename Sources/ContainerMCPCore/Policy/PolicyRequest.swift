// SPDX-License-Identifier: Apache-2.0

/// One demand with all that a rule may look at to judge it.
public struct PolicyRequest: Sendable, Hashable {
    /// The tool that asks.
    public let tool: ToolName
    /// For whom it asks.
    public let subject: Subject
    /// What it asks for.
    public let demand: Demand

    /// Makes a request.
    public init(tool: ToolName, subject: Subject, demand: Demand) {
        self.tool = tool
        self.subject = subject
        self.demand = demand
    }
}
