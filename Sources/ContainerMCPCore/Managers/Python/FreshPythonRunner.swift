// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPSandbox

/// Starts a fresh interpreter for each run.
public struct FreshPythonRunner: PythonRunner {
    /// The sandbox that the interpreter runs in.
    public let sandbox: any ProcessRunner
    private let interpreter: String
    private let kind: UInt32

    /// Makes a runner.
    ///
    /// - Parameters:
    ///   - sandbox: The sandbox.
    ///   - kind: The kind of child whose view holds the interpreter.
    ///   - interpreter: The interpreter's path in that view.
    public init(sandbox: any ProcessRunner, kind: UInt32, interpreter: String) {
        self.sandbox = sandbox
        self.kind = kind
        self.interpreter = interpreter
    }

    /// Runs code as the `__main__` module would run, to its end.
    public func run(_ run: PythonRun) async throws(SandboxError) -> ProcessOutcome {
        let request = ProcessRequest(
            program: interpreter,
            // Isolated, no site, unbuffered, no byte code beside the caller's modules.
            arguments: [
                interpreter, "-I", "-S", "-u", "-B", "-X", "utf8", "-c", PythonHarness.source,
                sandbox.workspacePath,
            ],
            environment: ChildEnvironment.variables(sandbox),
            directory: run.directory,
            input: run.input,
            resultLimit: PythonResult.channelLimit,
            payload: run.code,
            limits: run.limits,
            openSavedOutput: run.openSavedOutput,
            onOutput: run.onOutput
        )
        return try await sandbox.run(request, as: kind)
    }
}
