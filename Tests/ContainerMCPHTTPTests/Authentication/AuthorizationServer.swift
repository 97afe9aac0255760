// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// An authorization server on loopback: answers each path with what the test says, and counts.
final class AuthorizationServer: Sendable {
    /// What a path is answered with.
    enum Answer: Sendable {
        case document([UInt8], fields: [String] = [])
        case status(Int, fields: [String] = [])
        /// As it is, and then the end.
        case raw([UInt8])
        /// Nothing, ever.
        case silence
        /// Bytes without end.
        case flood
    }

    private struct State {
        var answers: [String: Answer] = [:]
        var requests: [String] = []
    }

    private let state = Mutex(State())
    private let channel = Mutex<(any Channel)?>(nil)
    private let isSecure: Bool

    private init(isSecure: Bool) {
        self.isSecure = isSecure
    }

    /// Starts a server for the time of a test.
    static func run<Value: Sendable>(
        _ context: NIOSSLContext? = nil,
        _ body: (AuthorizationServer) async throws -> Value
    ) async throws -> Value {
        let server = AuthorizationServer(isSecure: context != nil)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(Handler(server))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        server.channel.withLock { $0 = channel }
        do {
            let value = try await body(server)
            try await channel.close()
            return value
        } catch {
            try? await channel.close()
            throw error
        }
    }

    var base: String {
        let port = channel.withLock { $0?.localAddress?.port } ?? 0
        return "\(isSecure ? "https" : "http")://127.0.0.1:\(port)"
    }

    func answer(_ path: String, _ answer: Answer) {
        state.withLock { $0.answers[path] = answer }
    }

    /// Publishes metadata and keys as a usual server does.
    func publish(_ keys: [SigningKey], fields: [String] = []) {
        let metadata: JSONValue = ["issuer": .string(base), "jwks_uri": .string(base + "/jwks")]
        answer("/.well-known/oauth-authorization-server", .document(metadata.encoded()))
        answer("/jwks", .document(SigningKey.set(keys), fields: fields))
    }

    /// How often a path was asked for.
    func requests(_ path: String) -> Int {
        state.withLock { state in state.requests.count { $0 == path } }
    }

    private func took(_ path: String) -> Answer {
        state.withLock { state in
            state.requests.append(path)
            return state.answers[path] ?? .status(404)
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let server: AuthorizationServer
        private var text = ""

        init(_ server: AuthorizationServer) {
            self.server = server
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = Self.unwrapInboundIn(data)
            text += String(decoding: buffer.readableBytesView, as: UTF8.self)
            guard text.hasSuffix("\r\n\r\n") else { return }
            let path = text.split(separator: " ").dropFirst().first.map(String.init) ?? ""
            text = ""
            switch server.took(path) {
            case .document(let body, let fields): reply(context, 200, fields, body)
            case .status(let status, let fields): reply(context, status, fields, [])
            case .raw(let bytes): write(context, bytes, closes: true)
            case .silence: break
            case .flood:
                write(
                    context,
                    Array("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".utf8),
                    closes: false
                )
                flood(context)
            }
        }

        private func reply(
            _ context: ChannelHandlerContext,
            _ status: Int,
            _ fields: [String],
            _ body: [UInt8]
        ) {
            let head = ["HTTP/1.1 \(status) Status", "content-length: \(body.count)"] + fields
            write(context, Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body, closes: true)
        }

        private func write(_ context: ChannelHandlerContext, _ bytes: [UInt8], closes: Bool) {
            let buffer = context.channel.allocator.buffer(bytes: bytes)
            let channel = context.channel
            context.writeAndFlush(Self.wrapOutboundOut(buffer)).whenComplete { _ in
                if closes { channel.close(promise: nil) }
            }
        }

        private func flood(_ context: ChannelHandlerContext) {
            let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 0x20, count: 65_536) + Array("\r\n".utf8)
            let buffer = context.channel.allocator.buffer(bytes: chunk)
            context.writeAndFlush(Self.wrapOutboundOut(buffer)).assumeIsolated().whenSuccess {
                self.flood(context)
            }
        }
    }
}
