// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPTesting
import Glibc
import Logging
import Testing

/// A client on the other end of two pipes, which may behave as badly as it likes.
///
/// Sendable because one test uses it, one step after the other.
final class StdioClient: @unchecked Sendable {
    private let input: Int32
    private let output: Int32
    private var held: [UInt8] = []
    private var isInputOpen = true
    private let recording = WireRecording(.lines)

    private init(input: Int32, output: Int32) {
        self.input = input
        self.output = output
    }

    /// Serves a client until the body is done and the server has ended.
    static func with(
        _ attacked: AttackServer,
        lineLimit: Int = 1 << 20,
        _ body: (StdioClient) async throws -> Void
    ) async throws {
        var requests: [Int32] = [-1, -1]
        var replies: [Int32] = [-1, -1]
        try #require(unsafe pipe(&requests) == 0 && pipe(&replies) == 0)
        for end in requests + replies { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(requests[1], F_SETFL, O_NONBLOCK)
        _ = fcntl(replies[0], F_SETFL, O_NONBLOCK)
        let transport = StdioTransport(
            input: requests[0],
            output: replies[1],
            lineLimit: lineLimit,
            logger: Logger(label: "attack") { _ in SwiftLogNoOpLogHandler() }
        )
        let service = attacked.server.service
        let serving = Task { await transport.run(service) }
        let client = StdioClient(input: requests[1], output: replies[0])
        let problem: (any Error)?
        do {
            try await body(client)
            problem = nil
        } catch {
            problem = error
        }
        client.closeInput()
        close(replies[0])
        // With no reader left, a writer that waits gets an error, and the end of input ends the rest.
        await serving.value
        close(requests[0])
        close(replies[1])
        if let problem { throw problem }
    }

    /// Ends the server's input.
    func closeInput() {
        guard isInputOpen else { return }
        isInputOpen = false
        close(input)
    }

    /// Writes what fits at once.
    ///
    /// - Returns: The number of bytes taken.
    func offer(_ bytes: ArraySlice<UInt8>) -> Int {
        let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(input, $0.baseAddress, $0.count) }
        // Only here is it known how much was taken; the test reads what came of it after this.
        recording.client(Array(bytes.prefix(max(0, count))))
        return max(0, count)
    }

    /// Writes everything, waiting for the server to take it.
    func send(_ text: String) async throws {
        let bytes = Array(text.utf8)
        var position = 0
        let isSent = await eventually {
            while position < bytes.count {
                let taken = offer(bytes[position...])
                guard taken > 0 else { return false }
                position += taken
            }
            return true
        }
        try #require(isSent, "the server takes no more input")
    }

    /// The next message; every line must be one.
    func next() async throws -> JSONValue {
        var line: [UInt8]?
        let hasCome = await eventually {
            var chunk = [UInt8](repeating: 0, count: 65_536)
            if let end = held.firstIndex(of: 0x0A) {
                line = Array(held[..<end])
                held.removeSubrange(...end)
                return true
            }
            let count = unsafe read(output, &chunk, chunk.count)
            if count > 0 {
                recording.server(Array(chunk[..<count]))
                held += chunk[..<count]
            }
            return false
        }
        try #require(hasCome, "no answer came")
        return try JSONValue(parsing: line ?? [])
    }

    /// The answer to a request, however many other messages come before it.
    func answer(to id: JSONValue) async throws -> JSONValue {
        for _ in 0..<1000 {
            let message = try await next()
            if message["id"] == id { return message }
        }
        throw StdioClientError()
    }

    /// A `ping` and its answer.
    func ping(_ id: Int64) async throws {
        try await send("{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"ping\"}\n")
        let reply = try await answer(to: .integer(id))
        #expect(reply["result"] != nil, "\(reply)")
    }

    /// The handshake of the older revisions.
    func initialize() async throws {
        try await send(
            """
            {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},\
            "clientInfo":{"name":"attacker","version":"1"}}}
            {"jsonrpc":"2.0","method":"notifications/initialized"}

            """
        )
        let reply = try await answer(to: 0)
        #expect(reply["result"] != nil, "\(reply)")
    }
}

/// No answer came among very many messages.
struct StdioClientError: Error {}
