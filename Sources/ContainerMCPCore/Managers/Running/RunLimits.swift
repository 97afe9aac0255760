// SPDX-License-Identifier: Apache-2.0

/// The checked bounds of one run of a program: its time, its input and how much of its output is kept.
public struct RunLimits: Sendable, Hashable {
    /// The longest standard input: 10 MiB.
    public static let maximumStdinBytes = 10 * 1_024 * 1_024
    /// The range of `max_output`, in bytes of each stream.
    public static let outputRange = 1_024...1_048_576

    /// The wall time the run may take; above zero.
    public let timeout: Duration
    /// What the program reads from standard input; nil is an empty input.
    public let stdin: [UInt8]?
    /// How many bytes of each output stream are kept.
    public let maxOutput: Int

    /// Checks the three arguments.
    ///
    /// - Parameters:
    ///   - timeout: Above zero and at most `maximumTimeout`.
    ///   - maximumTimeout: The setting's maximum.
    ///   - stdin: At most 10 MiB; any bytes.
    ///   - maxOutput: 1,024 to 1,048,576.
    /// - Throws: ``ToolError`` with code `invalidArgument`, or `limitExceeded` for the input.
    public init(
        timeout: Duration,
        maximumTimeout: Duration,
        stdin: [UInt8]? = nil,
        maxOutput: Int = RunLimits.outputRange.upperBound
    ) throws(ToolError) {
        guard timeout > .zero, timeout <= maximumTimeout else {
            throw ToolError(
                .invalidArgument,
                "'timeout' must be above 0 and at most \(maximumTimeout.components.seconds) seconds."
            )
        }
        guard Self.outputRange.contains(maxOutput) else {
            throw ToolError(
                .invalidArgument,
                "'max_output' must be from \(Self.outputRange.lowerBound) to \(Self.outputRange.upperBound) bytes."
            )
        }
        if let stdin, stdin.count > Self.maximumStdinBytes {
            throw ToolError(
                .limitExceeded,
                """
                'stdin' has \(stdin.count) bytes, at most \(Self.maximumStdinBytes) are taken. \
                Write the data to a file with file_write and read it from there.
                """
            )
        }
        self.timeout = timeout
        self.stdin = stdin
        self.maxOutput = maxOutput
    }

    static func checkText(_ text: String, argument: String, maximumBytes: Int) throws(ToolError) {
        let count = text.utf8.count
        guard count <= maximumBytes else {
            throw ToolError(
                .limitExceeded,
                """
                '\(argument)' has \(count) bytes, at most \(maximumBytes) are taken. \
                Put long data in a file with file_write, or in 'stdin'.
                """
            )
        }
        guard !text.utf8.contains(0) else {
            throw ToolError(
                .invalidArgument,
                "'\(argument)' holds a NUL character (U+0000), which no program can be given. Remove it."
            )
        }
    }
}
