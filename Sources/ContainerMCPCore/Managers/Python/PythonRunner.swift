// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPSandbox

/// Runs Python code in a confined interpreter, whichever way it is started.
public protocol PythonRunner: Sendable {
    /// Runs code as the `__main__` module would run, to its end.
    ///
    /// - Parameter run: The code with its surroundings.
    /// - Returns: What became of it. ``ProcessOutcome/result`` holds what ``PythonResult/init(channel:)`` reads.
    /// - Throws: ``SandboxError`` when nothing was run. Cancelling the task kills the whole tree.
    func run(_ run: PythonRun) async throws(SandboxError) -> ProcessOutcome

    /// The sandbox that the interpreter runs in.
    var sandbox: any ProcessRunner { get }
}
