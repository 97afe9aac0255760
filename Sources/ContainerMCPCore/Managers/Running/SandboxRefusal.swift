// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

/// Words why a program was not run.
enum SandboxRefusal {
    static let text = """
        The sandbox could not be set up for this call, so nothing was run. Try again; if it stays so, ask the operator \
        to run 'cmcp-cli doctor'.
        """

    static func toolError(_ error: SandboxError, workingDirectory: SandboxPath) -> ToolError {
        switch error.code {
        case .workingDirectory:
            ToolError(
                .invalidArgument,
                "'working_dir' names no folder that can be entered: '\(workingDirectory.shown)'. Nothing was run.",
                cause: error.description
            )
        case .exhausted:
            ToolError(
                .busy,
                "The machine has no room for another call. Try again later.",
                cause: error.description
            )
        case .cancelled:
            ToolError(.cancelled, "The call was given up before it ran.", cause: error.description)
        default:
            ToolError(.noSandbox, text, cause: error.description)
        }
    }
}
