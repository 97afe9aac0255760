// SPDX-License-Identifier: Apache-2.0

/// A checked request to run one bash command line.
public struct BashCommand: Sendable, Hashable {
    /// The longest command line: 100 KiB of UTF-8.
    public static let maximumTextBytes = 100 * 1_024

    /// The command line as the caller wrote it.
    public let text: String
    /// What could be read from it; serves error messages only.
    public let commandLine: BashCommandLine
    /// The folder the command starts in.
    public let workingDirectory: SandboxPath
    /// How and how long the program runs.
    public let limits: RunLimits

    /// The wall time it may take.
    public var timeout: Duration { limits.timeout }
    /// What it reads from standard input; nil is an empty input.
    public var stdin: [UInt8]? { limits.stdin }
    /// How many bytes of each output stream are kept.
    public var maxOutput: Int { limits.maxOutput }

    /// Checks the text and reads its command names.
    ///
    /// - Parameters:
    ///   - text: At most 100 KiB, without NUL characters.
    ///   - workingDirectory: The folder to start in; whether it exists is found out later.
    ///   - limits: Time, input and output, already checked.
    /// - Throws: ``ToolError`` with code `limitExceeded` or `invalidArgument`.
    public init(
        _ text: String,
        workingDirectory: SandboxPath,
        limits: RunLimits
    ) throws(ToolError) {
        try RunLimits.checkText(text, argument: "command", maximumBytes: Self.maximumTextBytes)
        self.text = text
        self.commandLine = CommandLineParser.parse(text)
        self.workingDirectory = workingDirectory
        self.limits = limits
    }
}
