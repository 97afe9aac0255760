// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// The client's side of an ``InMemoryTransport``: numbers its requests, finds their answers, and keeps the rest.
///
/// One task at a time may use it; what the server asks is answered with ``answer(_:with:)``.
public final class InMemoryClient: Sendable {
    private actor Inbox {
        private let transport: InMemoryTransport
        private var unread: [JSONValue] = []
        private var lastID: Int64 = 0

        init(_ transport: InMemoryTransport) {
            self.transport = transport
        }

        func makeID() -> Int64 {
            lastID += 1
            return lastID
        }

        func next(_ isWanted: @Sendable (JSONValue) -> Bool) async throws -> JSONValue? {
            if let index = unread.firstIndex(where: isWanted) { return unread.remove(at: index) }
            while let message = try await transport.next() {
                if isWanted(message) { return message }
                unread.append(message)
            }
            return nil
        }

        func takeUnread() -> [JSONValue] {
            defer { unread = [] }
            return unread
        }
    }

    /// What it talks over.
    public let transport: InMemoryTransport
    private let inbox: Inbox

    /// Makes a client of a transport.
    public init(_ transport: InMemoryTransport) {
        self.transport = transport
        inbox = Inbox(transport)
    }

    /// The member `_meta` that makes a request one of 2026-07-28.
    ///
    /// - Parameters:
    ///   - capabilities: What the client declares.
    ///   - further: Further members, such as `progressToken`.
    /// - Returns: The member.
    public static func meta(_ capabilities: JSONObject = [:], _ further: JSONObject = [:]) -> JSONValue {
        var meta: JSONObject = [
            "io.modelcontextprotocol/protocolVersion": .string(ProtocolRevision.v20260728.rawValue),
            "io.modelcontextprotocol/clientCapabilities": .object(capabilities),
        ]
        for (key, value) in further { meta[key] = value }
        return .object(meta)
    }

    /// Opens a session and says that the client is ready.
    ///
    /// - Parameters:
    ///   - revision: The revision to ask for.
    ///   - capabilities: What the client declares.
    ///   - isReady: Whether `notifications/initialized` follows.
    /// - Returns: The answer to `initialize`; nil where the server's side ended.
    /// - Throws: What parsing throws for a line that is no JSON.
    @discardableResult
    public func initialize(
        _ revision: ProtocolRevision,
        _ capabilities: JSONObject = [:],
        isReady: Bool = true
    ) async throws -> JSONValue? {
        let answer = try await request(
            "initialize",
            [
                "protocolVersion": .string(revision.rawValue), "capabilities": .object(capabilities),
                "clientInfo": ["name": "test", "version": "1"],
            ]
        )
        if isReady { await notify("notifications/initialized") }
        return answer
    }

    /// Sends a request and waits for its answer; what comes before it is kept.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - params: The parameters, `_meta` included.
    /// - Returns: The response, with its `result` or `error`; nil where the server's side ended.
    /// - Throws: What parsing throws for a line that is no JSON.
    public func request(_ method: String, _ params: JSONObject = [:]) async throws -> JSONValue? {
        try await response(to: await send(method, params))
    }

    /// Sends a request and does not wait.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - params: The parameters, `_meta` included.
    /// - Returns: The id of the request.
    public func send(_ method: String, _ params: JSONObject = [:]) async -> JSONValue {
        let id = JSONValue.integer(await inbox.makeID())
        await transport.send([
            "jsonrpc": "2.0", "id": id, "method": .string(method), "params": .object(params),
        ])
        return id
    }

    /// Waits for the answer to a request; what comes before it is kept.
    public func response(to id: JSONValue) async throws -> JSONValue? {
        try await inbox.next { $0["method"] == nil && $0["id"] == id }
    }

    /// Sends a notification.
    public func notify(_ method: String, _ params: JSONObject = [:]) async {
        await transport.send(["jsonrpc": "2.0", "method": .string(method), "params": .object(params)])
    }

    /// Gives up a request.
    public func cancel(_ id: JSONValue) async {
        await notify("notifications/cancelled", ["requestId": id])
    }

    /// Waits for the next notification or request of a method; what comes before it is kept.
    public func next(_ method: String) async throws -> JSONValue? {
        try await inbox.next { $0["method"]?.stringValue == method }
    }

    /// Answers a request of the server.
    ///
    /// - Parameters:
    ///   - request: The request as it came.
    ///   - result: The result.
    public func answer(_ request: JSONValue, with result: JSONObject) async {
        await transport.send(["jsonrpc": "2.0", "id": request["id"] ?? .null, "result": .object(result)])
    }

    /// Answers a request of the server with an error.
    ///
    /// - Parameters:
    ///   - request: The request as it came.
    ///   - code: The code of the error.
    ///   - message: Its message.
    public func refuse(_ request: JSONValue, code: Int64, message: String) async {
        await transport.send([
            "jsonrpc": "2.0", "id": request["id"] ?? .null,
            "error": ["code": .integer(code), "message": .string(message)],
        ])
    }

    /// What was kept and nobody asked for, in the order in which it came; each message once.
    public func unread() async -> [JSONValue] {
        await inbox.takeUnread()
    }
}
