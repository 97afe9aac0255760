// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Gets small documents from the authorization server: no redirects, no cookies, no proxies, everything bounded.
struct DocumentFetcher: Sendable {
    /// What a server answered.
    struct Document: Sendable, Equatable {
        let body: [UInt8]
        let cacheControl: String?
    }

    private let context: NIOSSLContext
    private let timeout: TimeAmount

    /// Makes a fetcher.
    ///
    /// - Parameters:
    ///   - authorities: Certificates that are believed beside those of the system.
    ///   - timeout: The most time for one document in all.
    /// - Throws: Where the certificates of the system can't be used.
    init(authorities: [NIOSSLCertificate], timeout: TimeAmount = .seconds(10)) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if !authorities.isEmpty { configuration.additionalTrustRoots = [.certificates(authorities)] }
        context = try NIOSSLContext(configuration: configuration)
        self.timeout = timeout
    }

    /// Gets a document.
    ///
    /// - Parameter address: Where it is.
    /// - Returns: What the server answered, with status 200.
    /// - Throws: ``KeyFault``, also when the task is cancelled.
    func get(_ address: WebAddress) async throws(KeyFault) -> Document {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let promise = loop.makePromise(of: Document.self)
        let context = address.scheme == "https" ? context : nil
        let connection = ClientBootstrap(group: loop)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context {
                        // For an address the certificate is checked against the address itself.
                        let name = address.isNumeric ? nil : address.host
                        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
                    }
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(DocumentHandler(address, promise))
                }
            }
            .connect(host: address.host, port: address.port)
        connection.whenFailure { _ in promise.fail(KeyFault("can't be connected to")) }
        let seconds = timeout.nanoseconds / 1_000_000_000
        let deadline = loop.scheduleTask(in: timeout) {
            promise.fail(KeyFault("did not answer within \(seconds) seconds"))
        }
        promise.futureResult.whenComplete { _ in
            deadline.cancel()
            connection.whenSuccess { $0.close(promise: nil) }
        }
        do {
            return try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                promise.fail(KeyFault("was not waited for"))
            }
        } catch let fault as KeyFault {
            throw fault
        } catch {
            throw KeyFault("can't be fetched")
        }
    }
}
