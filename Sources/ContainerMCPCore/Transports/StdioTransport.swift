// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import ContainerMCPSandbox
internal import Glibc
public import Logging

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
        let (output, logger) = (output, logger)
        let channel = ChannelServer(
            service: service,
            subject: subject,
            session: "stdio",
            limits: ChannelLimits(messageBytes: lineLimit),
            transport: .stdio
        ) { [weak self] message in
            // A refusal means that the writer is shut down: nobody reads any more.
            let written = try? await writer.run { Self.write(message + [0x0A], to: output) }.get()
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

    /// - Returns: False when nobody reads any more.
    private static func write(_ bytes: [UInt8], to output: Int32) -> Bool {
        var position = 0
        while position < bytes.count {
            let written = unsafe bytes[position...].withUnsafeBytes { rest in
                unsafe Glibc.write(output, rest.baseAddress, rest.count)
            }
            if written < 0 {
                if errno == EINTR { continue }
                guard errno == EAGAIN else { return false }
                var waiting = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
                unsafe poll(&waiting, 1, 1000)
                continue
            }
            position += written
        }
        return true
    }
}
