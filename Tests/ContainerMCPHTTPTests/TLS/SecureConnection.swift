// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import ContainerMCPTesting
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization

/// A client that speaks TLS and sends exactly the bytes it is told to.
final class SecureConnection: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isOver = false
        var protocolName: String?
    }

    private let channel: any Channel
    private let state: SharedState

    private final class SharedState: Sendable {
        let value = Mutex(State())
        let recording = WireRecording(.http)
    }

    private init(channel: any Channel, state: SharedState) {
        self.channel = channel
        self.state = state
    }

    /// Connects to a port of this machine and shakes hands.
    static func connect(
        port: Int,
        trusting authority: TestAuthority,
        _ change: (inout TLSConfiguration) -> Void = { _ in }
    ) async throws -> SecureConnection {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(
            try NIOSSLCertificate.fromPEMBytes(Array(authority.pem.utf8))
        )
        change(&configuration)
        let context = try NIOSSLContext(configuration: configuration)
        let state = SharedState()
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let ready = loop.makePromise(of: Void.self)
        loop.scheduleTask(in: .seconds(10)) { ready.fail(RawConnection.Failure(description: "no handshake")) }
        do {
            let channel = try await ClientBootstrap(group: loop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: "localhost")
                        )
                        try pipeline.addHandler(Handler(state, ready))
                    }
                }
                .connect(host: "127.0.0.1", port: port).get()
            try await ready.futureResult.get()
            return SecureConnection(channel: channel, state: state)
        } catch {
            ready.fail(error)
            throw error
        }
    }

    /// What both sides agreed to speak, in the words of ALPN.
    var protocolName: String? { state.value.withLock(\.protocolName) }

    func send(_ text: String) async throws {
        state.recording.client(Array(text.utf8))
        try await channel.writeAndFlush(channel.allocator.buffer(string: text))
    }

    func close() {
        channel.close(promise: nil)
    }

    /// Reads a whole answer that tells its length.
    func reply() async throws -> RawReply {
        try await Wait.until { self.answer() != nil || self.state.value.withLock(\.isOver) }
        guard let (reply, count) = answer() else {
            throw RawConnection.Failure(description: "the connection ended")
        }
        state.value.withLock { $0.bytes.removeFirst(count) }
        return reply
    }

    private func answer() -> (RawReply, Int)? {
        let bytes = state.value.withLock(\.bytes)
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)),
            var reply = try? RawReply(head: String(decoding: bytes[..<end.upperBound], as: UTF8.self))
        else { return nil }
        let length = reply.fields["content-length"].flatMap { Int($0) } ?? 0
        guard bytes.count >= end.upperBound + length else { return nil }
        reply.body = Array(bytes[end.upperBound..<(end.upperBound + length)])
        return (reply, end.upperBound + length)
    }

    func waitForEnd() async throws {
        try await Wait.until { self.state.value.withLock(\.isOver) }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let state: SharedState
        private let ready: EventLoopPromise<Void>

        init(_ state: SharedState, _ ready: EventLoopPromise<Void>) {
            self.state = state
            self.ready = ready
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .handshakeCompleted(let name)? = event as? TLSUserEvent {
                state.value.withLock { $0.protocolName = name }
                ready.succeed()
            }
            context.fireUserInboundEventTriggered(event)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = Self.unwrapInboundIn(data)
            state.recording.server(Array(buffer.readableBytesView))
            state.value.withLock { $0.bytes.append(contentsOf: buffer.readableBytesView) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            ready.fail(error)
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            ready.fail(RawConnection.Failure(description: "the connection ended in the handshake"))
            state.value.withLock { $0.isOver = true }
        }
    }
}
