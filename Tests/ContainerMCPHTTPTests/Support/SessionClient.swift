// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import Testing

/// A client in a session of `/mcp`.
struct SessionClient: Sendable {
    let server: RunningServer
    let id: String
    let fields: [String]

    /// Opens a session.
    static func open(_ server: RunningServer, _ revision: String = "2025-11-25", _ fields: [String] = [])
        async throws -> SessionClient
    {
        let reply = try await server.post("/mcp", RunningServer.initialize(revision), fields)
        #expect(reply.status == 200)
        let id = try #require(reply.fields["mcp-session-id"])
        let client = SessionClient(server: server, id: id, fields: fields + ["Mcp-Session-Id: \(id)"])
        let ready = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#
        #expect(try await client.post(ready).status == 202)
        return client
    }

    static let both = "Accept: application/json, text/event-stream"

    static func script(_ script: String, id: Int, meta: String = #","_meta":{"progressToken":"p"}"#) -> String
    {
        RunningServer.call("script", #"{"script":"\#(script)"}"#, id: id, meta: meta)
    }

    func post(_ body: String, _ more: [String] = []) async throws -> RawReply {
        try await server.post("/mcp", body, fields + more)
    }

    /// Begins a call; the head of the answer has been read.
    func call(_ script: String, id: Int, receiveBuffer: Int32? = nil) async throws -> RawConnection {
        let connection = try await RawConnection.connect(port: server.port, receiveBuffer: receiveBuffer)
        let all = ["Content-Type: application/json", Self.both] + fields
        let text = RunningServer.text("POST", "/mcp", all, body: Self.script(script, id: id))
        try await connection.send(text)
        let head = try await connection.head()
        #expect(head.status == 200)
        #expect(head.fields["content-type"] == "text/event-stream")
        return connection
    }

    /// Opens a stream with GET; the head of the answer has been read.
    func listen(after event: String? = nil, receiveBuffer: Int32? = nil) async throws -> RawConnection {
        let connection = try await RawConnection.connect(port: server.port, receiveBuffer: receiveBuffer)
        let last = event.map { ["Last-Event-ID: \($0)"] } ?? []
        let all = ["Accept: text/event-stream"] + fields + last
        try await connection.send(RunningServer.text("GET", "/mcp", all))
        let head = try await connection.head()
        #expect(head.status == 200)
        return connection
    }

    /// The status of a GET that is to be refused.
    func listenStatus(_ lastEvents: [String]) async throws -> Int {
        let last = lastEvents.map { "Last-Event-ID: \($0)" }
        return try await server.request("GET", "/mcp", ["Accept: text/event-stream"] + fields + last).status
    }

    func delete() async throws -> Int {
        try await server.request("DELETE", "/mcp", fields).status
    }
}
