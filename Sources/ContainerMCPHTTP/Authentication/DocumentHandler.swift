// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import NIOCore
import NIOHTTP1
import NIOSSL

/// Asks for one document on one connection, and reads the answer.
final class DocumentHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let address: WebAddress
    private let promise: EventLoopPromise<DocumentFetcher.Document>
    private var body: [UInt8] = []
    private var cacheControl: String?

    init(_ address: WebAddress, _ promise: EventLoopPromise<DocumentFetcher.Document>) {
        self.address = address
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        let host = String(address.origin.dropFirst(address.scheme.count + 3))
        let head = HTTPRequestHead(
            version: .http1_1,
            method: .GET,
            uri: address.path.isEmpty ? "/" : address.path,
            headers: [
                "host": host, "accept": "application/json", "user-agent": "container-mcp",
                "connection": "close",
            ]
        )
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            // A redirect could lead anywhere; the operator can name the place itself.
            guard head.status == .ok else { return fail(context, "answers with status \(head.status.code)") }
            let codings = head.headers[canonicalForm: "content-encoding"]
            guard codings.allSatisfy({ $0.lowercased() == "identity" }) else {
                return fail(context, "answers in a compressed form")
            }
            cacheControl = head.headers[canonicalForm: "cache-control"].joined(separator: ",")
        case .body(let buffer):
            guard buffer.readableBytes <= KeySource.maximumBytes - body.count else {
                return fail(context, "answers with more than \(KeySource.maximumBytes) bytes")
            }
            body.append(contentsOf: buffer.readableBytesView)
        case .end:
            promise.succeed(DocumentFetcher.Document(body: body, cacheControl: cacheControl))
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is NIOSSLExtraError, is NIOSSLError, is BoringSSLError:
            fail(context, "can't be trusted: the certificate or the TLS connection is not right")
        default: fail(context, "answers with something that is no HTTP")
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(context, "ended the connection before the answer was complete")
    }

    private func fail(_ context: ChannelHandlerContext, _ reason: String) {
        promise.fail(KeyFault(reason))
        context.close(promise: nil)
    }
}
