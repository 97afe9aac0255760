// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPCore
public import ContainerMCPProtocol

/// A client and a server in one process, with a byte queue each way; one message a line, as over stdio.
///
/// One task serves with ``run(_:subject:)``; another sends, and reads what comes back. What goes over it can be recorded:
/// ``WireRecording`` says how.
public final class InMemoryTransport: Sendable {
    private let toServer: ByteQueue
    private let toClient: ByteQueue
    private let lineLimit: Int
    private let session: String
    private let received: Lines
    private let recording = WireRecording(.lines)

    /// Takes the server's bytes apart on the client's side.
    private actor Lines {
        private let queue: ByteQueue
        private var framer: LineFramer
        private var ready: [[UInt8]] = []
        private var isOver = false

        init(queue: ByteQueue) {
            self.queue = queue
            framer = LineFramer()
        }

        func next() async -> [UInt8]? {
            while ready.isEmpty, !isOver {
                let bytes = await queue.read()
                let frames = bytes.map { framer.feed($0) } ?? framer.finish()
                isOver = bytes == nil
                for case .line(let line) in frames { ready.append(line) }
            }
            return ready.isEmpty ? nil : ready.removeFirst()
        }
    }

    /// Makes a transport.
    ///
    /// - Parameters:
    ///   - session: The name of the channel for limits and the audit log.
    ///   - lineLimit: The most bytes of a line to the server.
    ///   - capacity: Bytes that each queue holds before its writer waits.
    public init(session: String = "memory", lineLimit: Int = 32 << 20, capacity: Int = 1 << 20) {
        self.session = session
        self.lineLimit = lineLimit
        toServer = ByteQueue(capacity: capacity)
        toClient = ByteQueue(capacity: capacity)
        received = Lines(queue: toClient)
    }

    /// Serves until the client ends its side, then gives up what is in flight.
    ///
    /// - Parameters:
    ///   - service: What answers.
    ///   - subject: Who the client is.
    ///   - limits: How much the client may ask at once.
    ///   - grace: How long requests may go on after the client's end.
    ///   - answerTime: How long the client may take for an answer to a question.
    public func run(
        _ service: MCPService,
        subject: Subject = .anonymous,
        limits: ChannelLimits = ChannelLimits(),
        grace: Duration = .zero,
        answerTime: Duration = .seconds(600)
    ) async {
        let (toClient, recording) = (toClient, recording)
        let channel = ChannelServer(
            service: service,
            subject: subject,
            session: session,
            limits: limits,
            answerTime: answerTime
        ) { message in
            let line = message + [0x0A]
            recording.server(line)
            await toClient.write(line)
        }
        var framer = LineFramer(maximumLength: lineLimit)
        while let bytes = await toServer.read() {
            for frame in framer.feed(bytes) { await Self.take(frame, channel) }
        }
        for frame in framer.finish() { await Self.take(frame, channel) }
        await channel.inputEnded(grace: grace)
        toClient.finish()
    }

    private static func take(_ frame: LineFramer.Frame, _ channel: ChannelServer) async {
        switch frame {
        case .line(let line): await channel.received(line)
        case .overlong: await channel.receivedOverlongMessage()
        }
    }

    /// Sends one message to the server.
    public func send(_ message: JSONValue) async {
        await send(bytes: message.encoded() + [0x0A])
    }

    /// Sends bytes to the server as they are; a line feed ends a message.
    public func send(bytes: [UInt8]) async {
        recording.client(bytes)
        await toServer.write(bytes)
    }

    /// Says that nothing more will come.
    public func endInput() {
        toServer.finish()
    }

    /// The next message from the server, nil after the last one.
    ///
    /// One task at a time may wait here.
    ///
    /// - Throws: What parsing throws for a line that is no JSON.
    public func next() async throws -> JSONValue? {
        guard let line = await received.next() else { return nil }
        return try JSONValue(parsing: line)
    }
}
