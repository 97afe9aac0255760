// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import ContainerMCPSandbox
internal import Glibc
public import Logging
internal import Synchronization

/// Speaks MCP over a pair of descriptors, one message a line (MCP, all revisions: stdio).
public final class StdioTransport: Sendable {
    private let input: Int32
    private let output: Int32
    private let lineLimit: Int
    private let logger: Logger
    private let threads = BlockingThreads(limit: 2, waiting: 4096, patience: .seconds(3600))
    private let stopReader: Int32
    private let stopWriter: Int32

    /// Makes a transport.
    ///
    /// - Parameters:
    ///   - input: Where lines are read; standard input by default.
    ///   - output: Where lines are written; standard output by default. Nothing else may write there.
    ///   - lineLimit: The most bytes of a line.
    ///   - logger: For trouble; must not write to `output`.
    public init(input: Int32 = 0, output: Int32 = 1, lineLimit: Int = 32 << 20, logger: Logger) {
        self.input = input
        self.output = output
        self.lineLimit = lineLimit
        self.logger = logger
        var ends: [Int32] = [-1, -1]
        // Without the pipe a stop waits for the end of input.
        unsafe pipe(&ends)
        stopReader = ends[0]
        stopWriter = ends[1]
    }

    deinit {
        close(stopReader)
        close(stopWriter)
    }

    /// Serves until input ends, output breaks, or ``stop()``.
    ///
    /// At the end of input what was read may still end for one second, then it is given up; its processes are gone
    /// when this returns.
    public func run(_ service: MCPService, subject: Subject = .anonymous) async {
        let writer = BlockingThreads(limit: 1, waiting: 4096, patience: .seconds(3600))
        let logger = logger
        let ending = Output(descriptor: output, input: input, stop: stopReader)
        let channel = ChannelServer(
            service: service,
            subject: subject,
            session: "stdio",
            limits: ChannelLimits(messageBytes: lineLimit),
            transport: .stdio
        ) { [weak self] message in
            // A refusal means that the writer is shut down: nobody reads any more.
            let written = try? await writer.run { ending.write(message + [0x0A]) }.get()
            if written != true {
                logger.debug("standard output is closed")
                self?.stop()
            }
        }
        var framer = LineFramer(maximumLength: lineLimit)
        var wasStopped = false
        reading: while true {
            let (input, stop) = (input, stopReader)
            // A refusal can't come before the shutdown below.
            guard let chunk = try? await threads.run({ Self.read(input, orStop: stop) }).get() else { break }
            switch chunk {
            case .bytes(let bytes):
                for frame in framer.feed(bytes) { await take(frame, channel) }
            case .end:
                for frame in framer.finish() { await take(frame, channel) }
                break reading
            case .stopped:
                wasStopped = true
                break reading
            }
        }
        await channel.inputEnded(grace: wasStopped ? .zero : .seconds(1))
        writer.shutdown()
        threads.shutdown()
    }

    /// Ends ``run(_:subject:)`` without waiting for requests in flight.
    public func stop() {
        _ = unsafe Glibc.write(stopWriter, "s", 1)
    }

    private func take(_ frame: LineFramer.Frame, _ channel: ChannelServer) async {
        switch frame {
        case .line(let line): await channel.received(line)
        case .overlong: await channel.receivedOverlongMessage()
        }
    }

    private enum Chunk: Sendable {
        case bytes([UInt8])
        case end
        case stopped
    }

    private static func read(_ input: Int32, orStop stop: Int32) -> Chunk {
        var waiting = [
            pollfd(fd: input, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let ready = unsafe poll(&waiting, 2, -1)
            if ready < 0, errno != EINTR { return .end }
            if waiting[1].revents != 0 { return .stopped }
            guard ready > 0, waiting[0].revents != 0 else { continue }
            var failure: Int32 = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
                let got = unsafe Glibc.read(input, buffer.baseAddress, 65_536)
                failure = got < 0 ? errno : 0
                count = max(0, got)
            }
            if failure == EINTR || failure == EAGAIN { continue }
            return bytes.isEmpty ? .end : .bytes(bytes)
        }
    }

    /// Standard output, which nobody may be reading.
    private final class Output: Sendable {
        private let descriptor: Int32
        private let input: Int32
        private let stop: Int32
        /// Once nobody read soon enough, nothing more is tried.
        private let isBroken = Mutex(false)

        /// At most this is written at once: a pipe that polls as writable takes it without blocking (pipe(7)).
        private static let chunk = 4_096
        /// How long a reader may still take once the server stops or the input has ended.
        private static let patience = Duration.milliseconds(1_500)
        private static let stopPatience = Duration.milliseconds(500)

        init(descriptor: Int32, input: Int32, stop: Int32) {
            self.descriptor = descriptor
            self.input = input
            self.stop = stop
        }

        /// Writes bytes as fast as they are read.
        ///
        /// - Returns: False when nobody reads any more, or not soon enough for a server that stops.
        func write(_ bytes: [UInt8]) -> Bool {
            guard !isBroken.withLock({ $0 }) else { return false }
            let isWritten = writeAll(bytes)
            if !isWritten { isBroken.withLock { $0 = true } }
            return isWritten
        }

        private func writeAll(_ bytes: [UInt8]) -> Bool {
            var position = 0
            var deadline: ContinuousClock.Instant?
            while position < bytes.count {
                guard isWritable(&deadline) else { return false }
                let written = unsafe bytes[position...].prefix(Self.chunk).withUnsafeBytes { rest in
                    unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                }
                if written < 0 {
                    guard errno == EINTR || errno == EAGAIN else { return false }
                    continue
                }
                position += written
            }
            return true
        }

        private func isWritable(_ deadline: inout ContinuousClock.Instant?) -> Bool {
            while true {
                var waiting = [
                    pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0),
                    // Once the deadline is known, why there is one is no news.
                    pollfd(fd: deadline == nil ? stop : -1, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: deadline == nil ? input : -1, events: 0, revents: 0),
                ]
                let ready = unsafe poll(&waiting, 3, deadline == nil ? -1 : 50)
                if ready < 0, errno != EINTR { return false }
                if waiting[0].revents & Int16(POLLERR | POLLNVAL) != 0 { return false }
                if waiting[0].revents & Int16(POLLOUT) != 0 { return true }
                if waiting[1].revents != 0 { deadline = .now + Self.stopPatience }
                if deadline == nil, waiting[2].revents & Int16(POLLHUP) != 0 {
                    deadline = .now + Self.patience
                }
                if let deadline, deadline <= .now { return false }
            }
        }
    }
}
