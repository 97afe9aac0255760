// SPDX-License-Identifier: Apache-2.0

/// What became of a program that was started.
public struct ProcessOutcome: Sendable, Equatable {
    /// A limit that ended a run.
    public enum Limit: String, Sendable, Equatable {
        /// Memory of one process or of all together.
        case memory
        /// Processes and threads.
        case processes
        /// Bytes of one file.
        case fileSize = "file_size"
        /// Bytes or names of the workspace.
        case workspace
        /// Bytes of output.
        case output
    }

    /// How a run ended.
    public enum Ending: Sendable, Equatable {
        /// The program ended by itself with this status.
        case exited(Int32)
        /// A signal ended it.
        case signalled(Int32)
        /// The wall time was over.
        case timedOut
        /// A limit was passed.
        case limit(Limit)
        /// The caller gave it up.
        case cancelled
    }

    /// How it ended, from the wait status and from what ended it.
    public var ending: Ending
    /// Standard output.
    public var output: CapturedOutput
    /// Standard error.
    public var error: CapturedOutput
    /// What came on the result pipe; nil when it was over its limit or there was none.
    public var result: [UInt8]?
    /// Wall time from the request to the end.
    public var duration: Duration
    /// CPU time of all its processes that were waited for.
    public var cpuTime: Duration
    /// The largest resident set of one process, in bytes.
    public var peakMemory: Int

    /// Makes an outcome; used by the sandbox and by scripted ones in tests.
    public init(
        ending: Ending,
        output: CapturedOutput = CapturedOutput(),
        error: CapturedOutput = CapturedOutput(),
        result: [UInt8]? = nil,
        duration: Duration = .zero,
        cpuTime: Duration = .zero,
        peakMemory: Int = 0
    ) {
        self.ending = ending
        self.output = output
        self.error = error
        self.result = result
        self.duration = duration
        self.cpuTime = cpuTime
        self.peakMemory = peakMemory
    }
}
