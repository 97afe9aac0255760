// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPSandbox

/// One run of Python code, as a runner gets it.
public struct PythonRun: Sendable {
    /// The code in UTF-8.
    public var code: [UInt8]
    /// The working directory as the child sees it.
    public var directory: String
    /// What it reads on standard input; nil for nothing.
    public var input: [UInt8]?
    /// The limits.
    public var limits: ProcessRequest.Limits
    /// See ``ProcessRequest/openSavedOutput``.
    public var openSavedOutput: (@Sendable (ProcessRequest.Stream) -> Int32?)?

    /// See ``ProcessRequest/onOutput``.
    public var onOutput: (@Sendable (ProcessRequest.Stream, [UInt8]) -> Void)?

    /// Makes a run.
    public init(
        code: [UInt8],
        directory: String,
        input: [UInt8]? = nil,
        limits: ProcessRequest.Limits = ProcessRequest.Limits(),
        openSavedOutput: (@Sendable (ProcessRequest.Stream) -> Int32?)? = nil,
        onOutput: (@Sendable (ProcessRequest.Stream, [UInt8]) -> Void)? = nil
    ) {
        self.code = code
        self.directory = directory
        self.input = input
        self.limits = limits
        self.openSavedOutput = openSavedOutput
        self.onOutput = onOutput
    }
}
