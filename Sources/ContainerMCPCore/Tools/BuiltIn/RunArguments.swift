// SPDX-License-Identifier: Apache-2.0

/// The arguments of a tool that runs a program.
public struct RunArguments: Sendable {
    /// What a call gets that does not ask, and the most it can ask for.
    public struct Bounds: Sendable, Equatable {
        /// The time limit of a call that names none.
        public var timeout: Duration
        /// The longest time limit.
        public var maximumTimeout: Duration
        /// Bytes kept of each output stream by a call that names none.
        public var maxOutput: Int

        /// Makes bounds.
        public init(timeout: Duration, maximumTimeout: Duration, maxOutput: Int) {
            self.timeout = timeout
            self.maximumTimeout = maximumTimeout
            self.maxOutput = maxOutput
        }
    }

    /// The command line or the code.
    var text = ""
    private var workingDirectory: String?
    private var timeout: Duration?
    private var stdin: String?
    private var maxOutput: Int?

    /// The fields, with the text under the tool's own name for it.
    static func fields(_ text: String, _ summary: String, _ bounds: Bounds) -> ToolFields<RunArguments> {
        ToolFields(
            RunArguments(),
            [
                .required(text, \.text, maxLength: .max, summary),
                .optional(
                    "working_dir",
                    \.workingDirectory,
                    maxLength: 4096,
                    default: "/",
                    "Folder to start in, in the workspace."
                ),
                .optional(
                    "timeout",
                    \.timeout,
                    upTo: bounds.maximumTimeout,
                    default: bounds.timeout,
                    "Time limit in seconds."
                ),
                .optional("stdin", \.stdin, maxLength: .max, "Text for standard input, at most 10 MiB."),
                .optional(
                    "max_output",
                    \.maxOutput,
                    RunLimits.outputRange,
                    default: bounds.maxOutput,
                    "Bytes kept of each output stream; what is more is cut in the middle and saved to a file."
                ),
            ]
        )
    }

    /// The folder to start in.
    func folder() throws(ToolError) -> SandboxPath {
        try SandboxPath(parsing: workingDirectory ?? "/")
    }

    /// Time, input and output.
    func limits(_ bounds: Bounds) throws(ToolError) -> RunLimits {
        try RunLimits(
            timeout: timeout ?? bounds.timeout,
            maximumTimeout: bounds.maximumTimeout,
            stdin: stdin.map { Array($0.utf8) },
            maxOutput: maxOutput ?? bounds.maxOutput
        )
    }
}
