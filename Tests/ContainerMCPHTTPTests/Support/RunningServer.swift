// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import Logging

/// A real server on a free port, and the ways to talk to it.
struct RunningServer: Sendable {
    static let times = ConnectionTimes()
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let port: Int
    let http: MCPHTTPServer
    let changes: ChangeBus

    static func settings(_ flags: [String: String]) throws -> Settings {
        var flags = flags
        flags["CMCP_TEST_MODE"] = "true"
        if flags["MCP_SOCKET"] == nil { flags["MCP_PORT"] = flags["MCP_PORT"] ?? "0" }
        // A token is taken from the environment only.
        let environment = flags.filter { $0.key == "MCP_AUTH_TOKEN" }
        flags["MCP_AUTH_TOKEN"] = nil
        return try Settings.load(
            flags: flags,
            environment: environment,
            currentDirectory: "/",
            servesNetwork: true
        )
    }

    /// Starts a server that only lists tools and answers `ping`: no sandbox, nothing runs.
    static func light<Value: Sendable>(
        _ flags: [String: String] = [:],
        tools further: [any Tool] = [],
        times: ConnectionTimes = ConnectionTimes(),
        recordRefusal: @escaping @Sendable (String, String) async -> Void = { _, _ in },
        _ body: (RunningServer) async throws -> Value
    ) async throws -> Value {
        let settings = try settings(flags)
        let tools = try ToolRegistry([EchoTool()] + further)
        let host = ToolHost(
            registry: tools,
            policy: PolicyEngine(settings: PolicySettings()),
            audit: nil,
            limits: settings.limits,
            mechanism: "none",
            logger: quiet
        )
        let http = try MCPHTTPServer(
            service: MCPService(host: host, name: "test", version: "1", instructions: nil),
            settings: settings,
            logger: quiet,
            times: times,
            recordRefusal: recordRefusal
        )
        return try await run(http, host.catalogue.changes, body)
    }

    /// Starts a server with a tool that does what it is told.
    static func scripted<Value: Sendable>(
        _ flags: [String: String] = [:],
        times: ConnectionTimes = ConnectionTimes(),
        _ body: (RunningServer, Gates, AsyncStream<String>) async throws -> Value
    ) async throws -> Value {
        let gates = Gates()
        let (words, input) = AsyncStream.makeStream(of: String.self)
        return try await light(flags, tools: [ScriptTool(gates: gates, words: input)], times: times) {
            server in
            try await body(server, gates, words)
        }
    }

    /// Starts a server with its sandbox.
    static func full<Value: Sendable>(
        _ flags: [String: String] = [:],
        times: ConnectionTimes = ConnectionTimes(),
        _ body: (RunningServer) async throws -> Value
    ) async throws -> Value {
        var flags = flags
        flags["BASH_ALLOWED_COMMANDS"] = "echo,sleep,cat,head,seq"
        let server = try await ContainerMCPServer.start(try settings(flags), logger: quiet)
        do {
            let http = try MCPHTTPServer(
                service: server.service,
                settings: server.settings,
                logger: quiet,
                times: times
            ) { _, _ in }
            let value = try await run(http, server.host.catalogue.changes, body)
            await server.stop()
            return value
        } catch {
            await server.stop()
            throw error
        }
    }

    static func run<Value: Sendable>(
        _ http: MCPHTTPServer,
        _ changes: ChangeBus,
        _ body: (RunningServer) async throws -> Value
    ) async throws -> Value {
        let (places, input) = AsyncStream.makeStream(of: ListeningPlace.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { input.finish() }
                try await http.run { input.yield($0) }
            }
            do {
                var port = 0
                var isListening = false
                for await place in places {
                    isListening = true
                    if case .network(_, let real) = place { port = real }
                    break
                }
                if !isListening { try await group.waitForAll() }
                let value = try await body(RunningServer(port: port, http: http, changes: changes))
                http.stop()
                try await group.waitForAll()
                return value
            } catch {
                http.stop()
                throw error
            }
        }
    }

    func connect() async throws -> RawConnection {
        try await RawConnection.connect(port: port)
    }

    /// Sends one request on a connection of its own.
    func request(
        _ method: String,
        _ target: String,
        _ fields: [String] = [],
        body: String? = nil,
        host: String? = "127.0.0.1"
    ) async throws -> RawReply {
        let connection = try await connect()
        defer { connection.close() }
        try await connection.send(Self.text(method, target, fields, body: body, host: host))
        return try await connection.reply()
    }

    /// POSTs JSON.
    func post(_ target: String, _ body: String, _ fields: [String] = []) async throws -> RawReply {
        try await request("POST", target, ["Content-Type: application/json"] + fields, body: body)
    }

    /// The text of a request.
    static func text(
        _ method: String,
        _ target: String,
        _ fields: [String] = [],
        body: String? = nil,
        host: String? = "127.0.0.1"
    ) -> String {
        var lines = ["\(method) \(target) HTTP/1.1"]
        if let host { lines.append("Host: \(host)") }
        lines += fields
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
    }

    static func initialize(_ revision: String = "2025-06-18", id: Int = 1) -> String {
        """
        {"jsonrpc":"2.0","id":\(id),"method":"initialize","params":{"protocolVersion":"\(revision)",\
        "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
        """
    }

    static func call(_ tool: String, _ arguments: String, id: Int, meta: String = "") -> String {
        """
        {"jsonrpc":"2.0","id":\(id),"method":"tools/call","params":{"name":"\(tool)","arguments":\(arguments)\(meta)}}
        """
    }
}
