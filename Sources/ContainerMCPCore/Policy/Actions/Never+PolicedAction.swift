// SPDX-License-Identifier: Apache-2.0

extension Never: PolicedAction {
    /// There is no value that could be asked.
    public var tool: ToolName { switch self {} }
    /// There is no value that could be asked.
    public var demands: [Demand] { switch self {} }
}
