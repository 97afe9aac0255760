// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

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
        /// The longest time limit of a call that goes into the background.
        public var backgroundTimeout: Duration
        /// After how long a call goes into the background, where the client can follow it there.
        public var grace: Duration

        /// Makes bounds.
        public init(
            timeout: Duration,
            maximumTimeout: Duration,
            maxOutput: Int,
            backgroundTimeout: Duration = .seconds(3600),
            grace: Duration = .seconds(5)
        ) {
            self.timeout = timeout
            self.maximumTimeout = maximumTimeout
            self.maxOutput = maxOutput
            self.backgroundTimeout = max(backgroundTimeout, maximumTimeout)
            self.grace = grace
        }

        /// Whether a time limit is above what a request may take, and within what a task may.
        func isLong(_ timeout: JSONValue?) -> Bool {
            guard let seconds = timeout?.doubleValue, seconds.isFinite else { return false }
            return seconds > Double(maximumTimeout.components.seconds)
                && seconds <= Double(backgroundTimeout.components.seconds)
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
                    upTo: bounds.backgroundTimeout,
                    default: bounds.timeout,
                    """
                    Time limit in seconds. Above \(bounds.maximumTimeout.components.seconds) the call has to run as a task, \
                    which needs a client that knows tasks.
                    """
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
            maximumTimeout: bounds.backgroundTimeout,
            stdin: stdin.map { Array($0.utf8) },
            maxOutput: maxOutput ?? bounds.maxOutput
        )
    }

    /// Sees to it that a call of more time than a request may take runs in the background.
    ///
    /// - Throws: ``ToolError`` where it can't; nothing has run then.
    func detachIfLong(_ bounds: Bounds, _ context: CallContext) async throws(ToolError) {
        guard let timeout, timeout > bounds.maximumTimeout else { return }
        guard context.canDetach else {
            throw ToolError(
                .invalidArgument,
                """
                'timeout' may be at most \(bounds.maximumTimeout.components.seconds) seconds here: this client did not \
                ask for a task, and only tasks may run longer. Ask for less time, or split the work.
                """
            )
        }
        guard await context.detach() else {
            throw ToolError(
                .busy,
                """
                A 'timeout' above \(bounds.maximumTimeout.components.seconds) seconds needs a task, and there are too \
                many of them. Wait for one to end, or ask for less time.
                """
            )
        }
    }
}
