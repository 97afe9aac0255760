// SPDX-License-Identifier: Apache-2.0

/// A program to run in a view, with everything it gets.
public struct ProcessRequest: Sendable {
    /// The limits of one run.
    public struct Limits: Sendable, Equatable {
        /// Wall time, then the whole tree is killed.
        public var time: Duration
        /// Bytes of address space for each process, and of memory for all of them together.
        public var memory: Int
        /// Processes and threads.
        public var processes: Int
        /// Descriptors of one process.
        public var openFiles: Int
        /// Bytes of one file.
        public var fileSize: Int
        /// Bytes kept of each output stream: three quarters from its head, the rest from its tail.
        public var keptOutput: Int
        /// Bytes of output saved as full text when more than ``keptOutput`` comes.
        public var savedOutput: Int
        /// Bytes of output at which the run is killed.
        public var totalOutput: Int

        /// Makes limits; the defaults are those of the documentation.
        public init(
            time: Duration = .seconds(30),
            memory: Int = 512 << 20,
            processes: Int = 64,
            openFiles: Int = 256,
            fileSize: Int = 64 << 20,
            keptOutput: Int = 1 << 20,
            savedOutput: Int = 16 << 20,
            totalOutput: Int = 256 << 20
        ) {
            self.time = time
            self.memory = memory
            self.processes = processes
            self.openFiles = openFiles
            self.fileSize = fileSize
            self.keptOutput = keptOutput
            self.savedOutput = savedOutput
            self.totalOutput = totalOutput
        }
    }

    /// An output stream of the child.
    public enum Stream: Sendable, Hashable {
        /// Standard output.
        case output
        /// Standard error.
        case error
    }

    /// The program's path in the view.
    public var program: String
    /// Its arguments, the program's name first; at most 64.
    public var arguments: [String]
    /// Its environment, `NAME=value`; at most 64.
    public var environment: [String]
    /// The working directory in the view.
    public var directory: String
    /// What it reads on standard input; none means /dev/null.
    public var input: [UInt8]?
    /// A pipe for the child's descriptor 3 on which it answers: bytes kept, or nil for no such pipe.
    public var resultLimit: Int?
    /// Bytes that the child reads on descriptor 4; only together with ``resultLimit``.
    public var payload: [UInt8]?
    /// The limits.
    public var limits: Limits
    /// Opens the file that the full text of a stream goes to; called at most once for each stream, on the
    /// reactor's thread, when more than ``Limits/keptOutput`` comes.
    ///
    /// The descriptor is closed by the run.
    public var openSavedOutput: (@Sendable (Stream) -> Int32?)?

    /// Told what comes on a stream, as it comes; called on the reactor's thread, so it must neither wait nor work.
    public var onOutput: (@Sendable (_ stream: Stream, _ bytes: [UInt8]) -> Void)?

    /// Makes a request.
    public init(
        program: String,
        arguments: [String],
        environment: [String],
        directory: String,
        input: [UInt8]? = nil,
        resultLimit: Int? = nil,
        payload: [UInt8]? = nil,
        limits: Limits = Limits(),
        openSavedOutput: (@Sendable (Stream) -> Int32?)? = nil,
        onOutput: (@Sendable (_ stream: Stream, _ bytes: [UInt8]) -> Void)? = nil
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.input = input
        self.resultLimit = resultLimit
        self.payload = payload
        self.limits = limits
        self.openSavedOutput = openSavedOutput
        self.onOutput = onOutput
    }
}
