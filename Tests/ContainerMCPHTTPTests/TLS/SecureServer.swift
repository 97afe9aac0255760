// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
@testable import ContainerMCPHTTP
import NIOCore

/// A running server with a certificate of a test's own.
struct SecureServer: Sendable {
    let port: Int
    let place: ListeningPlace
    let http: MCPHTTPServer

    /// Starts a server that answers `/health`.
    static func run<Value: Sendable>(
        _ flags: [String: String],
        handshakeTime: TimeAmount = ListeningSetup.handshakeTime,
        _ body: (SecureServer) async throws -> Value
    ) async throws -> Value {
        let http = try RunningServer.http(flags, handshakeTime: handshakeTime)
        let (places, input) = AsyncStream.makeStream(of: ListeningPlace.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { input.finish() }
                try await http.run { input.yield($0) }
            }
            defer { http.stop() }
            for await place in places {
                guard case .secureNetwork(_, let port) = place else {
                    throw RawConnection.Failure(description: "not secure: \(place.base)")
                }
                let value = try await body(SecureServer(port: port, place: place, http: http))
                http.stop()
                try await group.waitForAll()
                return value
            }
            try await group.waitForAll()
            throw RawConnection.Failure(description: "it did not listen")
        }
    }
}

extension RunningServer {
    /// Makes a server that only answers `/health` and lists nothing.
    static func http(
        _ flags: [String: String],
        handshakeTime: TimeAmount = ListeningSetup.handshakeTime
    ) throws -> MCPHTTPServer {
        let settings = try settings(flags)
        let host = ToolHost(
            registry: ToolRegistry(),
            policy: PolicyEngine(settings: PolicySettings()),
            audit: nil,
            limits: settings.limits,
            mechanism: "none",
            logger: quiet
        )
        return try MCPHTTPServer(
            service: MCPService(host: host, name: "test", version: "1", instructions: nil),
            settings: settings,
            logger: quiet,
            times: ConnectionTimes(),
            handshakeTime: handshakeTime
        ) { _, _ in }
    }
}
