// SPDX-License-Identifier: Apache-2.0

/// Something a tool wants to do, as a value that a policy can decide on before it is done.
public protocol PolicedAction: Sendable {
    /// The tool that asks.
    var tool: ToolName { get }
    /// Everything the action needs; it is allowed when each of them is. An action without demands is denied.
    var demands: [Demand] { get }
}
