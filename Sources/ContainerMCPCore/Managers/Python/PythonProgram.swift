// SPDX-License-Identifier: Apache-2.0

/// A checked request to run one piece of Python code.
public struct PythonProgram: Sendable, Hashable {
    /// The longest code: 1 MiB of UTF-8.
    public static let maximumCodeBytes = 1_024 * 1_024

    /// The code as the caller wrote it.
    public let code: String
    /// The folder the program starts in.
    public let workingDirectory: SandboxPath
    /// How and how long the program runs.
    public let limits: RunLimits

    /// The wall time it may take.
    public var timeout: Duration { limits.timeout }
    /// What it reads from standard input; nil is an empty input.
    public var stdin: [UInt8]? { limits.stdin }
    /// How many bytes of each output stream are kept.
    public var maxOutput: Int { limits.maxOutput }

    /// Checks the code's size and characters; it is not parsed.
    ///
    /// - Parameters:
    ///   - code: At most 1 MiB, without NUL characters.
    ///   - workingDirectory: The folder to start in; whether it exists is found out later.
    ///   - limits: Time, input and output, already checked.
    /// - Throws: ``ToolError`` with code `limitExceeded` or `invalidArgument`.
    public init(
        _ code: String,
        workingDirectory: SandboxPath,
        limits: RunLimits
    ) throws(ToolError) {
        try RunLimits.checkText(code, argument: "code", maximumBytes: Self.maximumCodeBytes)
        self.code = code
        self.workingDirectory = workingDirectory
        self.limits = limits
    }
}
