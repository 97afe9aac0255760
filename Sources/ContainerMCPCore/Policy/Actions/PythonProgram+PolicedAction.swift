// SPDX-License-Identifier: Apache-2.0

extension PythonProgram: PolicedAction {
    /// The tool that runs Python.
    public var tool: ToolName { .runPython }

    /// To run Python code; which code is not looked at.
    public var demands: [Demand] { [.runPython] }
}
